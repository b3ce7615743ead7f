"""``python -m layers.worker``: started by `layers.worker.pool`, never by hand."""

import sys

from layers.worker.child import main

if __name__ == "__main__":
    main(sys.argv[1:])
