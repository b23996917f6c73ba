"""The other end of `render_pool`: a process that draws what it reads from its standard input, one page after the other.

python -m looker_tasks.emulator.backend.render_worker
"""

import pickle
import signal
import sys

from looker_tasks.emulator.drawing.drawing import draw, warm_up


def main() -> None:
    """Answer each pickled (page, format, width, height) with the pickled file, or exception, until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the emulator, which then ends the input
    jobs, files = sys.stdin.buffer, sys.stdout.buffer
    warm_up()
    while True:
        try:
            job = pickle.load(jobs)  # noqa: S301  # it comes from the process that started this one
        except EOFError:
            return
        try:
            answer: object = draw(*job)
        except Exception as error:  # noqa: BLE001  # it is raised on the other side
            answer = error
        pickle.dump(answer, files)
        files.flush()


if __name__ == "__main__":
    main()
