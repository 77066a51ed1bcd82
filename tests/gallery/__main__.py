"""Draws the gallery anew and lists it: `python -m tests.gallery`, or `--check` to list without writing.

Exit code 1 where a picture breaks a limit, or with `--check` where a file is not as it would be drawn.
"""

import sys

from tests.gallery import FOLDER, pictures


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    drawn = pictures()
    bad = 0
    print(f"{'picture':<34} {'surface':<8} {'blocks':>6} {'characters':>10} {'bytes':>7}  limits")
    for picture in drawn:
        state = "ok"
        if problems := picture.problems():
            state = "; ".join(problems)
        elif check and (not picture.file.exists() or picture.file.read_text("utf-8") != picture.json):
            state = "ok, but not as drawn now"
        bad += state != "ok"
        size = len(picture.json.encode())
        print(
            f"{picture.name:<34} {picture.surface:<8} {len(picture.blocks):>6} {picture.characters:>10} {size:>7}  {state}"
        )
    if not check:
        names = {picture.file for picture in drawn}
        for stray in set(FOLDER.glob("*.json")) - names:
            stray.unlink()
        for picture in drawn:
            picture.file.write_text(picture.json, encoding="utf-8")
    print(f"{len(drawn)} pictures, {bad} to look at")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
