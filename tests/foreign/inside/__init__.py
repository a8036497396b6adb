"""What runs inside the watched process. A package by itself, because the suites have packages called ``tests``, too."""
