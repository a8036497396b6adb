"""Runs a program for as long as whoever started it is there: `python -m app.tether PROGRAM ARGUMENT…`.

The other end of stdin tells: the system closes it, however the starter ends. Then the program is ended, first politely,
and after it whatever is left of the process group, which is to be one of its own.
"""

import os
import signal
import subprocess
import sys
import threading

#: Until the program has ended after it was told to, in seconds. A server that is told so while a request's thread waits
#: for its loop never ends by itself: the loop is gone, and the interpreter waits for the thread.
PATIENCE_S = 2.0


def main(command: list[str]) -> int:
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=_end_with_the_starter, args=[program], daemon=True).start()
    code = program.wait()
    if code < 0:
        signal.raise_signal(-code)  # whoever asks how the tether ended is told how its program did
    return code


def _end_with_the_starter(program: "subprocess.Popen[bytes]") -> None:
    while os.read(0, 1):  # not by sys.stdin, whose lock would keep the interpreter when the program has ended by itself
        pass
    program.terminate()
    try:
        program.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        pass
    finally:
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
