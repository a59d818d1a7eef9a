"""Every limit of the engine in one place; the tests and docs/marking.md name the same numbers."""

MAX_CHARACTERS = 500
MAX_TOKENS = 400
MAX_DEPTH = 60
MAX_DIGITS = 60  # of one literal
MAX_WORD = 40  # letters in a row
MAX_POWER_BITS = 6_000  # a constant power is worked out exactly only below this size
MAX_MAGNITUDE_BITS = 1 << 15  # a constant larger than 2 to this is refused by the reader
MAX_FACTORIAL = 500
MAX_EXPONENT = 10**6
MAX_EXPANDED_TERMS = 3_000  # an exact polynomial is multiplied out only below this size
MAX_DEGREE = 20_000
SIGN_VARIANTS = 16  # ways to choose the signs of several independent ±

PRECISIONS = (128, 512, 2048, 12_000)  # bits, tried in turn by the balls
SAMPLE_BITS = 320
BALL_BITS = 400  # of a ball, where a layer asks for no other precision

TASK_SECONDS = 1.0  # of work in a worker
TOTAL_SECONDS = 2.0  # of waiting and work together
TRAPS_SECONDS = 6.0  # for all the traps of one key
START_SECONDS = 30.0  # for the workers to come up, once
WORKERS = 2
WORKER_BYTES = 512 * 1024 * 1024
QUEUE_LENGTH = 64
