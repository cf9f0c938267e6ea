"""Where third-party examples are, on machines that have them: beside the repository, never in it."""

import os
from pathlib import Path

import pytest

SAMPLES = Path(os.environ.get("MEDKARTA_SAMPLES", Path(__file__).parents[4] / "shared" / "samples"))

needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no samples of other publishers on this machine")


def files(folder: str, pattern: str = "*") -> list[Path]:
    """Return the files of one folder of samples; none where the samples are absent."""
    return sorted((SAMPLES / folder).glob(pattern))
