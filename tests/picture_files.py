"""Picture files for tests: good ones of every format, and hundreds of broken or hostile ones."""

import io
import random
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from playground.data import uploads

rng = np.random.default_rng(0)
PHOTO = Image.fromarray(rng.integers(0, 256, (6, 8, 3), np.uint8)).resize((48, 36))


def saved(picture: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def flat(colour, size=(40, 40), mode="RGB") -> Image.Image:
    return Image.new(mode, size, colour)


FRAMES = {"save_all": True, "append_images": [PHOTO.transpose(Image.Transpose.FLIP_LEFT_RIGHT)] * 3}
GOOD = {
    "png": saved(PHOTO, "PNG"),
    "png, 16 bits": saved(Image.fromarray(np.arange(900, dtype=np.uint16).reshape(30, 30)), "PNG"),
    "png, palette": saved(PHOTO.quantize(20), "PNG", transparency=3),
    "png, alpha": saved(PHOTO.convert("LA"), "PNG"),
    "png, black and white": saved(PHOTO.convert("1"), "PNG"),
    "png, animated": saved(PHOTO, "PNG", **FRAMES),
    "jpeg": saved(PHOTO, "JPEG"),
    "jpeg, progressive": saved(PHOTO, "JPEG", progressive=True),
    "jpeg, CMYK": saved(PHOTO.convert("CMYK"), "JPEG"),
    "jpeg, several": saved(PHOTO, "MPO", **FRAMES),
    "webp": saved(PHOTO, "WEBP"),
    "webp, lossless": saved(PHOTO.convert("RGBA"), "WEBP", lossless=True),
    "webp, animated": saved(PHOTO, "WEBP", **FRAMES),
    "gif": saved(PHOTO, "GIF"),
    "gif, animated": saved(PHOTO, "GIF", **FRAMES),
    "bmp": saved(PHOTO, "BMP"),
}


def chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + crc(kind + content)


def crc(content: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(content))


def png(width: int, height: int, *chunks: bytes, bits: int = 8, kind: int = 2) -> bytes:
    """A PNG that declares a size and holds these chunks; 0 is grey, 2 RGB, 3 palette, 6 RGBA."""
    head = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join([chunk(b"IHDR", head), *chunks, chunk(b"IEND", b"")])


def bomb(width: int, height: int, bits: int = 8, kind: int = 2) -> bytes:
    """A PNG of nothing but zeros: a few kB for as many pixels as it likes."""
    samples = {0: 1, 2: 3, 3: 1, 6: 4}[kind]
    row = bytes(1 + width * samples * bits // 8)
    squeeze = zlib.compressobj(9)
    packed = b"".join(squeeze.compress(row * 100) for _ in range(height // 100)) + squeeze.flush()
    palette = [chunk(b"PLTE", bytes(768)), chunk(b"tRNS", bytes(256))] if kind == 3 else []
    return png(width, height, *palette, chunk(b"IDAT", packed), bits=bits, kind=kind)


def truncations() -> Iterator[bytes]:
    for whole in GOOD.values():
        for share in (0.001, 0.02, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.99):
            yield whole[: int(len(whole) * share)]


def bit_flips() -> Iterator[bytes]:
    dice = random.Random(0)
    for whole in GOOD.values():
        for _ in range(10):
            spoilt = bytearray(whole)
            for _ in range(dice.choice([1, 3, 20])):
                spoilt[dice.randrange(len(spoilt))] ^= 1 << dice.randrange(8)
            yield bytes(spoilt)


def no_pictures() -> Iterator[bytes]:
    yield from (b"", b"\0", b"\0" * 1000, b"\xff" * 1000, b"GIF89a", b"\x89PNG\r\n\x1a\n", b"BM")
    yield from (b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xd9")
    yield from (b"%PDF-1.7\n%%EOF", b"<!doctype html><script>alert(1)</script>", b"PK\x03\x04" * 9)
    yield b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>'
    yield b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage"
    yield from (saved(PHOTO, kind) for kind in ("TIFF", "PPM", "TGA", "ICO", "PCX", "DIB"))
    yield b"\x80\x04\x95" + b"cos\nsystem\n" * 20
    yield GOOD["png"][:8] + GOOD["jpeg"][8:]


def lies() -> Iterator[bytes]:
    """Headers that declare what does not follow, or what nobody has."""
    nothing = chunk(b"IDAT", zlib.compress(b""))
    for size in ((0, 9), (9, 0), (2**31 - 1, 2**31 - 1), (50_000, 50_000), (20_000_001, 1)):
        yield png(*size, nothing)
    for size in ((100, 100), (5000, 4000)):
        yield png(*size, nothing)
        yield png(*size)
    yield png(9, 9, nothing, bits=7, kind=5)
    yield png(9, 9, chunk(b"IDAT", b"not packed"))
    yield png(9, 9, chunk(b"eXIf", b"MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 40), nothing)
    yield GOOD["gif"][:6] + b"\xff\xff\xff\xff" + GOOD["gif"][10:]
    yield GOOD["bmp"][:18] + struct.pack("<ii", 2**31 - 1, -(2**31) + 1) + GOOD["bmp"][26:]
    yield GOOD["bmp"][:18] + struct.pack("<ii", 5000, 4000) + GOOD["bmp"][26:]
    at = GOOD["jpeg"].index(b"\xff\xc0") + 5
    for size in ((65_500, 65_500), (0, 0), (4000, 5000)):
        yield GOOD["jpeg"][:at] + struct.pack(">HH", *size) + GOOD["jpeg"][at + 4 :]
    whole = GOOD["webp, animated"]
    yield whole[:24] + b"\xff\x3f\0\xff\x3f\0" + whole[30:]  # 16,384 by 16,384


def bombs() -> Iterator[bytes]:
    """Small files that unpack to much."""
    yield bomb(5000, 4000, kind=6)
    yield bomb(5000, 4000, kind=3)
    yield bomb(5000, 4000, bits=16, kind=0)
    yield bomb(30_000, 4000)
    text = zlib.compress(b"x" * 2**20)
    pixels = chunk(b"IDAT", zlib.compress(bytes(9 * 28)))
    yield png(9, 9, *[chunk(b"zTXt", b"key\0\0" + text)] * 60, pixels)
    wide = zlib.compress("🌍".encode() + b"x" * (2**20 - 9))
    yield png(9, 9, *[chunk(b"iTXt", b"key\0\1\0\0\0" + wide)] * 60, pixels)
    yield png(9, 9, pixels, *[chunk(b"zTXt", b"key\0\0" + text)] * 60)
    yield png(9, 9, chunk(b"iCCP", b"key\0\0" + zlib.compress(bytes(200 * 2**20))), pixels)
    large = [flat(colour, (3000, 3000)) for colour in ("red", "blue")]
    yield saved(large[0], "WEBP", save_all=True, append_images=large[1:], method=0, quality=1)
    yield saved(PHOTO, "GIF", save_all=True, append_images=[flat(i, (48, 36)) for i in range(500)])
    scans = GOOD["jpeg, progressive"]
    last = scans[scans.rindex(b"\xff\xda") : -2]
    yield scans[:-2] + last * 3000 + b"\xff\xd9"
    yield GOOD["jpeg"] + bytes(uploads.MAX_BYTES)


HOSTILE = {f.__name__: f for f in (truncations, bit_flips, no_pictures, lies, bombs)}
