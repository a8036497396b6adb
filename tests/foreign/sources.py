"""The suites themselves: source distributions, fetched once into a folder that is not part of the repository."""

import re
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

from tests.foreign.suites import Suite

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
CACHE = REPOSITORY / ".cache" / "foreign"
LOCK = REPOSITORY / "requirements" / "foreign.txt"


class SourceError(Exception):
    """A suite cannot be had; the message says what to do."""


def directory_of(suite: Suite) -> Path:
    """The folder that the suite's tests are run in, for the version that is installed."""
    wanted = version(suite.distribution)
    source = CACHE / f"{suite.distribution}-{wanted}"
    if not source.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as name:
            temporary = Path(name)
            _unpack(_archive(suite.distribution, wanted, temporary), temporary / "unpacked").rename(source)
    return source / "tests" if suite.framework == "django" else source


def pinned(lock: str, distribution: str, wanted: str) -> str:
    """The lines of the lock that pin this version of the distribution, hashes and all, as pip reads them."""
    start = re.escape(f"{distribution}=={wanted}")
    found = re.search(rf"^{start}[ \\].*(?:\n +--hash=.*)+", lock, re.MULTILINE)
    if found is None:
        raise SourceError(f"{LOCK.name} does not pin {distribution} {wanted}: `make lock`, then try again.")
    return found[0].rstrip("\\ ") + "\n"


def _archive(distribution: str, wanted: str, temporary: Path) -> Path:
    """A source distribution; but channels leaves its tests out of its own, so those are given by hand."""
    if distribution != "channels":
        return _downloaded(pinned(LOCK.read_text(), distribution, wanted), temporary)
    return channels_archive()


def channels_archive() -> Path:
    """Where an archive of channels with its tests is looked for: tests/foreign/README.md says how to make it."""
    return CACHE / f"channels-{version('channels')}.tar.gz"


def _unpack(archive: Path, target: Path) -> Path:
    with tarfile.open(archive) as files:
        files.extractall(target, filter="data")
    (folder,) = target.iterdir()
    if not (folder / "tests").is_dir():
        raise SourceError(f"{archive.name} carries no tests.")
    return folder


def _downloaded(requirement: str, folder: Path) -> Path:
    """The source distribution, refused by pip unless it has one of the pinned hashes."""
    requirements = folder / "requirements.txt"
    requirements.write_text(requirement)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    command += ["--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--dest", str(folder / "downloads")]
    done = subprocess.run([*command, "-r", str(requirements)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SourceError(f"pip could not fetch {requirement.partition(' ')[0]}:\n{done.stderr}")
    (archive,) = (folder / "downloads").iterdir()
    return archive
