from django.dispatch import Signal

#: The laboratory's own signal: it is sent without any database in sight.
thread_asked = Signal()

#: A signal with two async receivers, of which one fails at once: for the map, which asks what becomes of the other.
siblings_asked = Signal()
