"""Make the placeholder voices of the consent notice by text-to-speech.

    python tools/make_voices.py

Writes `compass/people/static/people/voices/<language>/<key>.ogg` (Opus, mono, 8 kbit/s) and `manifest.json` beside
them. Run it again whenever a notice changes: a test compares the manifest with the text. It needs `espeak-ng` and
`opusenc` (Debian: `apt-get install espeak-ng opus-tools`); COMPASS itself needs neither.

These voices show where a voice belongs. They do not replace one: an office records its own. The synthesiser knows no
Hausa and no Bambara, so a Swahili voice reads them with plain letters for theirs, and the manifest says so; Arabic is
read without vowel marks, so that many words are mispronounced.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compass.people.content.consent import VOICES, available, digest, notice

KBIT_PER_SECOND = 8
WORDS_PER_MINUTE = 140
HAUSA = {"ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y"}
#: Swahili writes ny and ng' for two of them, and its e and o are open enough for the others.
BAMBARA = {"ɛ": "e", "ɔ": "o", "ɲ": "ny", "ŋ": "ng"}
PLAIN_LETTERS = str.maketrans(
    {**HAUSA, **BAMBARA, **{letter.upper(): plain.title() for letter, plain in (HAUSA | BAMBARA).items()}, "'": ""}
)


@dataclass(frozen=True)
class Synthesiser:
    """Which espeak-ng voice reads a language and what the manifest says of it."""

    voice: str
    note: str
    knows_language: bool = True


SYNTHESISERS = {
    "en": Synthesiser("en-gb", "placeholder, text-to-speech"),
    "fr": Synthesiser("fr-fr", "placeholder, text-to-speech"),
    "ar": Synthesiser("ar", "placeholder, text-to-speech without vowel marks"),
    "ha": Synthesiser("sw", "placeholder, wrong-language synthesiser (Swahili)", knows_language=False),
    "bm": Synthesiser("sw", "placeholder, wrong-language synthesiser (Swahili)", knows_language=False),
}


def main() -> int:
    """Make every voice; 0 when all are written, 1 with one line when a tool or a language is missing."""
    for tool in ("espeak-ng", "opusenc"):
        if shutil.which(tool) is None:
            print(f"{tool} is not installed: apt-get install espeak-ng opus-tools")
            return 1
    if unknown := [language for language in available() if language not in SYNTHESISERS]:
        print(f"no synthesiser is named for {', '.join(unknown)}: add a line to SYNTHESISERS")
        return 1
    made_with = f"{_version('espeak-ng')}; {_version('opusenc')}, {KBIT_PER_SECOND} kbit/s"
    rows = [
        make(language, key, text, made_with)
        for language in available()
        for key, text in notice(language).spoken().items()
    ]
    manifest = {
        "about": "Placeholder voices of the consent notice, made by text-to-speech. An office replaces them.",
        "voices": rows,
    }
    (VOICES / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    kept = {row["file"] for row in rows}
    for path in VOICES.glob("*/*.ogg"):
        if path.relative_to(VOICES).as_posix() not in kept:
            path.unlink()
    size = sum(path.stat().st_size for path in VOICES.glob("*/*.ogg"))
    print(f"{len(rows)} voices, {size / 1e6:.2f} MB, in {VOICES}")
    return 0


def make(language: str, key: str, text: str, made_with: str) -> dict[str, Any]:
    """Read one text into one file and return its line of the manifest. Raises CalledProcessError when a tool fails."""
    synthesiser = SYNTHESISERS[language]
    target = VOICES / language / f"{key}.ogg"
    target.parent.mkdir(parents=True, exist_ok=True)
    said = text if synthesiser.knows_language else text.translate(PLAIN_LETTERS)
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "voice.wav"
        subprocess.run(
            ["espeak-ng", "-v", synthesiser.voice, "-s", str(WORDS_PER_MINUTE), "-g", "1", "-w", str(sound), "--stdin"],
            input=said.encode(),
            check=True,
        )
        with wave.open(str(sound)) as opened:
            seconds = opened.getnframes() / opened.getframerate()
        subprocess.run(
            [
                *("opusenc", "--quiet", "--speech", "--downmix-mono", "--vbr", "--bitrate", str(KBIT_PER_SECOND)),
                *("--framesize", "60", "--serial", "1", "--discard-comments", str(sound), str(target)),
            ],
            check=True,
        )
    return {
        "file": f"{language}/{key}.ogg",
        "language": language,
        "section": key,
        "text_version": notice(language).version,
        "text_digest": digest(text),
        "placeholder": True,
        "wrong_language": not synthesiser.knows_language,
        "voice": synthesiser.note,
        "made_with": made_with,
        "seconds": round(seconds, 1),
    }


def _version(tool: str) -> str:
    said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout
    return " ".join(said.split("\n")[0].split("Data at")[0].split())


if __name__ == "__main__":
    sys.exit(main())
