from django.dispatch import Signal

#: The laboratory's own signal: it is sent without any database in sight.
thread_asked = Signal()
