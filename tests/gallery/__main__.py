"""Draws the gallery again and writes it: `python -m tests.gallery`.  Exit code 1 where a picture breaks a limit."""

import sys

from tests.gallery import FOLDER, pictures


def main() -> int:
    drawn = pictures()
    for stray in set(FOLDER.glob("*.json")) - {picture.file for picture in drawn}:
        stray.unlink()
    for picture in drawn:
        picture.file.write_text(picture.json, encoding="utf-8")
        for problem in picture.problems():
            print(f"{picture.name}: {problem}")
    print(f"{len(drawn)} pictures")
    return int(any(picture.problems() for picture in drawn))


if __name__ == "__main__":
    sys.exit(main())
