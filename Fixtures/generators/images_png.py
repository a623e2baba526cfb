"""A PNG writer with every option that encoders leave out: filters per row, interlacing, any depth,
chunks in any order, wrong checksums. Written from the specification (PNG, third edition)."""

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
         (0, 1, 1, 2)]


def chunk(kind, data=b"", crc=None):
    crc = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def header(width, height, depth, kind, compression=0, filtering=0, interlace=0):
    return struct.pack(">IIBBBBB", width, height, depth, kind, compression, filtering, interlace)


def packed(samples, depth):
    """One row of samples as bytes; leftmost sample in the high bits."""
    if depth == 16:
        return samples.astype(">u2").tobytes()
    if depth == 8:
        return samples.astype(np.uint8).tobytes()
    bits = "".join(format(int(v), f"0{depth}b") for v in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def filtered(rows, distance, filters):
    """Rows with their filter type bytes; `filters` is cycled."""
    above = bytes(len(rows[0]))
    out = bytearray()
    for y, row in enumerate(rows):
        kind = filters[y % len(filters)]
        out.append(kind)
        for i, value in enumerate(row):
            left = row[i - distance] if i >= distance else 0
            corner = above[i - distance] if i >= distance else 0
            guess = (0, left, above[i], (left + above[i]) // 2, paeth(left, above[i], corner))[kind]
            out.append((value - guess) & 255)
        above = row
    return bytes(out)


def image_data(samples, kind, depth, interlaced, filters):
    height, width = samples.shape[:2]
    samples = samples.reshape(height, width, CHANNELS[kind])
    distance = max(1, CHANNELS[kind] * depth // 8)
    grids = ADAM7 if interlaced else [(0, 0, 1, 1)]
    data = b""
    for x, y, dx, dy in grids:
        part = samples[y::dy, x::dx]
        if part.size:
            data += filtered([packed(row.reshape(-1), depth) for row in part], distance, filters)
    return data


def png(samples, kind, depth, *, interlaced=False, filters=(0, 1, 2, 3, 4), palette=None,
        before=b"", after=b"", split=0, level=6, strategy=zlib.Z_DEFAULT_STRATEGY, ihdr=None,
        data=None, end=True):
    height, width = samples.shape[:2]
    if data is None:
        packer = zlib.compressobj(level, zlib.DEFLATED, 15, 9, strategy)
        data = packer.compress(image_data(samples, kind, depth, interlaced, filters))
        data += packer.flush()
    out = SIGNATURE + chunk(b"IHDR", ihdr or header(width, height, depth, kind, 0, 0,
                                                    int(interlaced)))
    if palette is not None:
        out += chunk(b"PLTE", palette)
    out += before
    step = split or max(len(data), 1)
    for i in range(0, len(data), step):
        out += chunk(b"IDAT", data[i:i + step])
    return out + after + (chunk(b"IEND") if end else b"")
