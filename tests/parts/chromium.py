"""Chromium for the browser tests: one that is there, else one that apt installs, else the command that would."""

import os
import shutil
import subprocess
import sys

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# Headless in a container, and silent: no request of the browser's own.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
INSTALLERS = {
    "apt-get": "sudo apt-get install chromium",
    "dnf": "sudo dnf install chromium",
    "pacman": "sudo pacman -S chromium",
    "brew": "brew install --cask google-chrome",
}


class ChromiumMissingError(Exception):
    def __init__(self) -> None:
        command = next((command for tool, command in INSTALLERS.items() if shutil.which(tool)), None)
        advice = f"`{command}`" if command else "your system's package manager"
        super().__init__(f"The browser tests need Chromium: install it with {advice}, or set CHROMIUM to its path.")


def find() -> str:
    if chosen := os.environ.get("CHROMIUM"):
        if path := shutil.which(chosen):
            return path
        raise FileNotFoundError(f"CHROMIUM is {chosen!r}, which is not a program.")
    if path := next(filter(None, map(shutil.which, NAMES)), None):
        return path
    raise ChromiumMissingError


def install() -> None:
    """Try it with apt. Where there is no apt, or no right to use it, `find()` then says what a person can do."""
    if not shutil.which("apt-get"):
        return
    root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]):
        done = subprocess.run([*root, *command], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            return


def main() -> None:
    try:
        path = find()
    except ChromiumMissingError:
        install()
        path = find()
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    sys.stdout.write(f"{path}: {version.strip()}\n")


if __name__ == "__main__":
    try:
        main()
    except (ChromiumMissingError, FileNotFoundError) as error:
        sys.exit(str(error))
