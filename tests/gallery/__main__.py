"""Draws the gallery again and writes it: `python -m tests.gallery`."""

from tests.gallery import FOLDER, pictures


def main() -> None:
    drawn = pictures()
    for stray in set(FOLDER.glob("*.json")) - {picture.file for picture in drawn}:
        stray.unlink()
    for picture in drawn:
        picture.file.write_text(picture.json, encoding="utf-8")
    print(f"{len(drawn)} pictures")


if __name__ == "__main__":
    main()
