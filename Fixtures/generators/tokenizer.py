"""Writes Fixtures/tokenizer: ids of OpenAI's own tokenizer for texts that are hard to get right.

    python Fixtures/generators/tokenizer.py --clip CHECKOUT_OF_openai/CLIP --lists LMPT_LISTS

`--lists` is the folder `data` of github.com/richard-peng-xia/LMPT; its captions are not copied,
only the hash of their ids.
"""

import argparse
import hashlib
import html.entities
import importlib.util
import json
import os
import platform
import random
import struct

import ftfy
import ftfy.chardata
import regex

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "tokenizer")

TEMPLATES = """
a photo of a {}.
a blurry photo of a {}.
a close-up of the {}
two {}s, side by side
there is a {} in this picture!
the {}, seen from above
A BLACK AND WHITE PHOTO OF A {}.
an origami {} on a desk
is that a {}?
a {} (and nothing else)
my neighbour's {}
an old {} from the 1970s
itap of a {}.
a sketch of one {}; pencil on paper
{}
""".strip().split("\n")
NAMES = (
    "person, bicycle, car, airplane, train, boat, traffic light, fire hydrant, stop sign, parking meter, bench, cat, "
    "dog, sheep, elephant, giraffe, tvmonitor, aeroplane, diningtable, pottedplant, motorbike, sofa, hot dog, "
    "cell phone, wine glass, baseball bat, hair drier, toothbrush, Tabby cat, crème brûlée, jack-o'-lantern, CD-ROM, "
    "4x4, St. Bernard, teddy bear"
).split(", ")

# Words whose treatment differs between look-alike tokenizers.
WORDS = (
    "a photo of the café naïve Zürich schön “quotes” it's don't we're I'VE they'd o'clock ‘tis rock’n’roll "
    "Ünïcödé 日本語 Привет мир ελληνικά ΣΊΣΥΦΟΣ ὈΔΥΣΣΕΎΣ العربية हिन्दी 한국어 😀 👨‍👩‍👧 🏳️‍🌈 🇩🇪 ñandú é Å ǆ ǅ "
    "ﬁne ﬂuﬃer ﬅ ŉ ＦＵＬＬ ｶﾀｶﾅ ﾊﾟ İstanbul I\u0307 ß ẞ K Å ſt 'ſ 'S 'LL <|startoftext|> <|endoftext|> "
    "<|STARTOFTEXT|> <|ſtartoftext|> <|endoftext| |> 1234 ½ Ⅻ ² ① ㊿ 三 à la mode … – — ™ €5 a\u0345b ͅ 3.14 "
    "10,000 x²+y² C++ #hashtag @user https://example.org/a?b=c&d=e a_b-c 50% N/A :-) ¯\\_(ツ)_/¯ ʼn ʼ ‛ ‟ „"
).split(" ")
SNIPPETS = [
    "&amp;", "&amp;amp;lt;", "&EACUTE;", "&SZLIG;", "&lt;", "<", "&notit;", "&ampx", "&#x;", "&;", "& ", "&Aacute",
    "&AACUTE;", "&nbsp;", "&semi;", "&#59;", "&num;38;", "&#128;", "&#x110000;", "&#xD800;", "&#0;", "&#1114111;",
    "\x1b[0m", "\x1b[36;44m", "\r\n", "\r", "\x85", "\u2028", "\ufeff", "\x00", "\x0c", "\t", "\u3000", "\u200b",
    "\x1a", "\ufffd", "\x1f", "\u206a", "\x1b[٣m", "\xa0", "\u180e", "\u2060", "Ã ", "Â ", "â€œ", "â€\ufffd",
    "Ã\xa0", "à¸", "ðŸ˜€", "ï¿½", "í\xa0½í¸€", "À\x80", "À", "Ã quele", "Ã s ", "?", "Ã?", "â??", "×", "вЂ",
    "ГўВЂВ", "\xad", "°C", "£5", "œ", "Œuvre", "Ÿ",
]
ENTITIES = sorted(html.entities.html5)
MOJIBAKE = sorted(
    {c for encoding in ftfy.chardata.CHARMAP_ENCODINGS for c in bytes(range(0x80, 0x100)).decode(encoding)}
)


def scalar(rng):
    while True:
        point = rng.randrange(rng.choice([0x80, 0x250, 0x3000, 0x10000, 0x20000, 0x110000]))
        if not 0xD800 <= point < 0xE000:
            return chr(point)


def misread(rng, text):
    """The text as somebody sees it who takes its UTF-8 for another encoding, perhaps twice."""
    for _ in range(rng.choice([1, 1, 1, 2])):
        try:
            text = text.encode("utf-8").decode(rng.choice(ftfy.chardata.CHARMAP_ENCODINGS))
        except UnicodeDecodeError:
            pass
    return text


def part(rng):
    kind = rng.randrange(14)
    if kind < 3:
        return rng.choice(WORDS)
    if kind == 3:
        return scalar(rng)
    if kind == 4:
        return "".join(scalar(rng) for _ in range(rng.randrange(1, 5)))
    if kind < 7:
        return misread(rng, rng.choice(WORDS))
    if kind == 7:
        return "".join(rng.choice(MOJIBAKE) for _ in range(rng.randrange(1, 5)))
    if kind == 8:
        return "&" + rng.choice(ENTITIES) + rng.choice(["", "", ";", "x"])
    if kind == 9:
        form = rng.choice(["&#%d;", "&#x%x;", "&#%d", "&#X%X", "&#0%d;"])
        return form % rng.choice([rng.randrange(300), rng.randrange(0x3000), rng.randrange(0x120000), 59, 38])
    if kind < 12:
        return rng.choice(SNIPPETS)
    if kind == 12:
        return rng.choice(".,!?;:'\"()-_/\\<>@#$%^*+=|~`") * rng.randrange(1, 4)
    return rng.choice(
        ["x" * rng.randrange(1, 9), str(rng.randrange(10**6)),
         "".join(rng.choice("aeioutnsrlABC") for _ in range(rng.randrange(1, 14)))]
    )


def hard(rng):
    return "".join(
        part(rng) + rng.choice(["", "", " ", " ", " ", "  ", "\n"]) for _ in range(rng.randrange(1, 6))
    )


def broken(rng):
    """Bytes that are not UTF-8."""
    data = bytearray(hard(rng).encode("utf-8"))
    for _ in range(rng.randrange(1, 4)):
        data.insert(rng.randrange(len(data) + 1), rng.choice([0x80, 0xC0, 0xC3, 0xE2, 0xED, 0xF0, 0xF4, 0xFF]))
    return bytes(data)


def digest(lists):
    """SHA-256 of the ids of many texts: for each its count, then its ids, little-endian int32."""
    state = hashlib.sha256()
    for ids in lists:
        state.update(struct.pack(f"<{len(ids) + 1}i", len(ids), *ids))
    return state.hexdigest()


def lines_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        lines = file.read().split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--clip", required=True)
    parser.add_argument("--lists", required=True)
    arguments = parser.parse_args()
    source = os.path.join(arguments.clip, "clip", "simple_tokenizer.py")
    spec = importlib.util.spec_from_file_location("simple_tokenizer", source)
    original = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(original)
    encode = original.SimpleTokenizer().encode
    os.makedirs(OUT, exist_ok=True)
    written = []

    def write(name, lines):
        data = "".join(lines).encode("utf-8")
        with open(os.path.join(OUT, name), "wb") as file:
            file.write(data)
        written.append((name, data))

    def line(**fields):
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n"

    rng = random.Random(20211)
    texts = [template.format(name) for template in TEMPLATES for name in NAMES]
    texts += WORDS + SNIPPETS + ["", " ", "\n", "a" * 5000, "!" * 3000, "ab" * 1500, "é" * 1000, "日" * 700]
    texts += ["&" + name for name in ENTITIES]
    texts = list(dict.fromkeys(texts))
    seen = set(texts)
    while len(texts) < 20000:
        text = hard(rng)
        if text not in seen:
            seen.add(text)
            texts.append(text)
    write("texts.jsonl", [line(text=text, ids=encode(text)) for text in texts])

    broken_texts = [broken(rng) for _ in range(600)]
    write(
        "bytes.jsonl",
        [line(hex=data.hex(), ids=encode(data.decode("utf-8", errors="replace"))) for data in broken_texts],
    )

    # Every code point of the planes in use, in a context that shows its class and its case rules.
    blocks = []
    for block in range(0x110):
        step = 1 if block < 0x32 or block == 0xE0 else 61
        points = [p for p in range(block << 12, block + 1 << 12, step) if not 0xD800 <= p < 0xE000]
        ids = digest(encode(f"A\u03a3{chr(p)}x {chr(p)}\u03a3") for p in points)
        blocks.append(line(block=block, step=step, sha256=ids))
    write("scalars.jsonl", blocks)

    lists = []
    for name in ("voc/voc_lt_train", "voc/voc_lt_test", "voc/voc_lt_captions", "voc/voc_labels", "coco/coco_lt_train",
                 "coco/coco_lt_test", "coco/coco_lt_captions", "coco/coco_labels"):
        rows = lines_of(os.path.join(arguments.lists, name + ".txt"))
        captions = [row.split(" ", 1)[1] if " " in row else "" for row in rows]
        lists.append(
            line(file=name + ".txt", lines=len(rows), whole=digest(map(encode, rows)),
                 afterPath=digest(map(encode, captions)))
        )
    write("lists.jsonl", lists)

    manifest = {
        "schema": 1,
        "generator": "generators/tokenizer.py",
        "tools": {"python": platform.python_version(), "ftfy": ftfy.__version__, "regex": regex.__version__,
                  "openai clip": "d05afc4"},
        "entries": [
            {"path": f"tokenizer/{name}", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data),
             "equation": "tokenizer",
             "outputs": [{"name": "ids", "atol": 0, "rtol": 0, "why": "token ids are integers"}], "error": None}
            for name, data in written
        ],
    }
    with open(os.path.join(OUT, "manifest.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
