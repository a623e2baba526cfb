"""Files that must be refused, one mistake each, with the error code that each must end with.

Run: python Fixtures/generators/hostile.py   (standard library only)
Writes Fixtures/hostile/{archives,pickles,modules,tensors,arrays,texts,streams,lists,captions,labels,
descriptions,pictures}/ with a manifest each. A file whose error is null is an oddity that is valid.
The codes are decided here, from the formats' own specifications, not taken from the program.
"""

import hashlib
import json
import os
import platform
import struct
import zlib

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "hostile")
kinds = {}


def add(kind, name, code, data):
    kinds.setdefault(kind, [])
    if isinstance(data, str):
        data = data.encode()
    assert name not in [entry[0] for entry in kinds[kind]], name
    kinds[kind].append((name, code, bytes(data)))


u16 = lambda value: struct.pack("<H", value & 0xFFFF)
u32 = lambda value: struct.pack("<I", value & 0xFFFFFFFF)
u64 = lambda value: struct.pack("<Q", value & 0xFFFFFFFFFFFFFFFF)

# Zip archives ---------------------------------------------------------------------------------


def entry(name, content, **wrong):
    """One entry; `wrong` overrides a field of the local header (l_*) or of the directory (c_*)."""
    name = name if isinstance(name, bytes) else name.encode()
    fields = dict(
        signature=None, flags=0, method=0, crc=zlib.crc32(content), packed=len(content), size=len(content),
        name=name, extra=b"", offset=None, data=content,
    )  # fmt: skip
    local, central = dict(fields), dict(fields)
    for key, value in wrong.items():
        if key.startswith("l_"):
            local[key[2:]] = value
        elif key.startswith("c_"):
            central[key[2:]] = value
        else:
            local[key] = central[key] = value
    return local, central


def archive(entries, comment=b"", count=None, size=None, offset=None, disk=0, tail=b"", gap=b"",
            comment_length=None):
    out, directory = b"", b""
    for local, central in entries:
        at = len(out) if central["offset"] is None else central["offset"]
        common = lambda f: (
            u16(20) + u16(f["flags"]) + u16(f["method"]) + u32(0x21) + u32(f["crc"])
            + u32(f["packed"]) + u32(f["size"]) + u16(len(f["name"])) + u16(len(f["extra"]))
        )  # fmt: skip
        directory += (central["signature"] or b"PK\x01\x02") + u16(20) + common(central)
        directory += u16(0) + u16(0) + u16(0) + u32(0) + u32(at) + central["name"]
        directory += central["extra"]
        out += (local["signature"] or b"PK\x03\x04") + common(local) + local["name"]
        out += local["extra"] + local["data"]
    out += gap
    n = len(entries) if count is None else count
    end = b"PK\x05\x06" + u16(disk) + u16(disk) + u16(n) + u16(n)
    end += u32(len(directory) if size is None else size)
    end += u32(len(out) if offset is None else offset)
    end += u16(len(comment) if comment_length is None else comment_length) + comment
    return out + directory + end + tail


# Pickles --------------------------------------------------------------------------------------


class P:
    none, yes, mark, tuple, empty_tuple = b"N", b"\x88", b"(", b"t", b")"
    reduce, build, newobj, stack_global, pers = b"R", b"b", b"\x81", b"\x93", b"Q"
    empty_dict, empty_list, append, appends, setitem, setitems = b"}", b"]", b"a", b"e", b"s", b"u"

    @staticmethod
    def text(value):
        value = value if isinstance(value, bytes) else value.encode()
        return b"X" + u32(len(value)) + value

    @staticmethod
    def int(value):
        if 0 <= value < 256:
            return b"K" + bytes([value])
        if -(2**31) <= value < 2**31:
            return b"J" + struct.pack("<i", value)
        data = value.to_bytes((value.bit_length() + 8) // 8, "little", signed=True)
        return b"\x8a" + bytes([len(data)]) + data

    @staticmethod
    def glob(module, name):
        return b"c" + module.encode() + b"\n" + name.encode() + b"\n"

    @staticmethod
    def ints(values):
        return b"(" + b"".join(P.int(value) for value in values) + b"t"

    @staticmethod
    def document(body, protocol=2):
        return b"\x80" + bytes([protocol]) + body + b"."

    @staticmethod
    def storage(kind="FloatStorage", key="0", count=6):
        return (
            b"(" + P.text("storage") + P.glob("torch", kind) + P.text(key) + P.text("cpu")
            + P.int(count) + b"t" + b"Q"
        )  # fmt: skip

    @staticmethod
    def tensor(offset=0, shape=(2, 3), strides=(3, 1), storage=None, grad=b"\x89", more=None):
        body = (storage or P.storage()) + P.int(offset) + P.ints(shape) + P.ints(strides) + grad
        body += P.glob("collections", "OrderedDict") + b")R" if more is None else more
        return P.glob("torch._utils", "_rebuild_tensor_v2") + b"(" + body + b"tR"

    @staticmethod
    def state(tensor):
        return P.document(b"}" + P.text("w") + tensor + b"s")


FLOATS = struct.pack("<6f", 0, 1, 2, 3, 4, 5)


def torch_file(pickle, extra=(), data=FLOATS):
    return archive([entry("m/data.pkl", pickle), entry("m/data/0", data), *extra])


GOOD = P.state(P.tensor())


def archives():
    a = lambda name, code, data: add("archives", f"x-{name}.pt", code, data)
    pkl, data = lambda **w: entry("m/data.pkl", GOOD, **w), lambda **w: entry("m/data/0", FLOATS, **w)
    a("valid", None, archive([pkl(), data()]))
    a("valid-comment", None, archive([pkl(), data()], comment=b"made by hand"))
    a("end-only", "weights.unknown-archive", archive([]))
    a("end-missing", "zip.no-end", archive([pkl(), data()])[:-22])
    a("end-cut", "zip.no-end", archive([pkl(), data()])[:-1])
    a("byte-after-end", "zip.no-end", archive([pkl(), data()], tail=b"\0"))
    a("end-in-comment", "zip.ambiguous-end", archive([pkl(), data()], comment=archive([])))
    a("comment-past-end", "zip.no-end", archive([pkl(), data()], comment_length=5))
    a("directory-past-end", "zip.directory", archive([pkl(), data()], offset=0x7FFFFFFF))
    a("directory-at-maximum", "zip.directory", archive([pkl(), data()], offset=0xFFFFFFFF))
    a("directory-in-end", "zip.directory",
      archive([pkl(), data()], offset=len(archive([pkl(), data()])) - 10))
    a("directory-size-0", "zip.directory", archive([pkl(), data()], size=0))
    a("directory-size-3", "zip.directory", archive([pkl(), data()], size=3))
    a("gap-before-directory", "zip.directory",
      archive([pkl(), data()], gap=b"gap", offset=len(archive([pkl(), data()])) - 150))
    a("count-1-of-2", "zip.directory", archive([pkl(), data()], count=1))
    a("count-3-of-2", "zip.directory", archive([pkl(), data()], count=3))
    a("count-65535", "zip.directory", archive([pkl(), data()], count=65535))
    a("disk-1", "zip.multi-disk", archive([pkl(), data()], disk=1))
    a("local-signature", "zip.bad-record", archive([pkl(), data(l_signature=b"PK\x03\x05")]))
    a("central-signature", "zip.bad-record", archive([pkl(), data(c_signature=b"PK\x01\x03")]))
    a("local-past-end", "zip.bad-record", archive([pkl(), data(c_offset=0xFFFFFFF0)]))
    a("local-name-differs", "zip.mismatch", archive([pkl(), data(l_name=b"m/data/1")]))
    a("local-name-shorter", "zip.mismatch", archive([pkl(), data(l_name=b"m/data/")]))
    a("local-size-differs", "zip.mismatch", archive([pkl(), data(l_size=23)]))
    a("local-packed-differs", "zip.mismatch", archive([pkl(), data(l_packed=23)]))
    a("local-method-differs", "zip.mismatch", archive([pkl(), data(l_method=8)]))
    a("local-crc-differs", "zip.mismatch", archive([pkl(), data(l_crc=1)]))
    a("stored-size-differs", "zip.stored-size", archive([pkl(), data(c_size=23)]))
    a("stored-packed-differs", "zip.stored-size", archive([pkl(), data(c_packed=25)]))
    a("stored-beyond-file", "zip.stored-size", archive([pkl(), data(c_size=0x7FFFFFFF)]))
    a("encrypted", "zip.encrypted", archive([pkl(), data(flags=1)]))
    for method in [1, 9, 12, 14, 93, 95, 99]:
        a(f"method-{method}", "zip.method", archive([pkl(), data(method=method)]))
    a("name-twice", "zip.duplicate-name", archive([pkl(), data(), data()]))
    a("name-nul", "zip.bad-name", archive([pkl(), data(), entry("m/a\0b", b"")]))
    a("name-parent", "zip.bad-name", archive([pkl(), data(), entry("../m/x", b"")]))
    a("name-parent-inside", "zip.bad-name", archive([pkl(), data(), entry("m/../x", b"")]))
    a("name-absolute", "zip.bad-name", archive([pkl(), data(), entry("/m/x", b"")]))
    a("name-not-utf8", "zip.bad-name", archive([pkl(), data(), entry(b"m/\xff", b"")]))
    a("name-empty", "zip.bad-name", archive([pkl(), data(), entry("", b"")]))
    a("name-1025-bytes", "zip.bad-name", archive([pkl(), data(), entry("m/" + "a" * 1023, b"")]))
    a("crc-wrong", "zip.checksum", archive([pkl(crc=1), data()]))
    packed = lambda d: (lambda c: c.compress(d) + c.flush())(zlib.compressobj(9, zlib.DEFLATED, -15))
    small = packed(GOOD)
    deflated = lambda **w: entry("m/data.pkl", GOOD, **{**dict(data=small, packed=len(small), method=8), **w})
    a("deflated-valid", None, archive([deflated(), data()]))
    a("deflated-longer", "zip.inflated-size", archive([deflated(size=len(GOOD) - 1), data()]))
    a("deflated-shorter", "zip.inflated-size", archive([deflated(size=len(GOOD) + 1), data()]))
    a("deflated-cut", "inflate.truncated",
      archive([deflated(data=small[:-3], packed=len(small) - 3), data()]))
    a("deflated-bytes-after", "zip.inflated-size",
      archive([deflated(data=small + b"\0", packed=len(small) + 1), data()]))
    bomb = packed(bytes(1 << 20))
    a("deflated-gigabyte-declared", "zip.too-large",
      archive([deflated(data=bomb, packed=len(bomb), size=0xFFFFFFF0), data()]))
    zip64 = lambda a_, b_: u16(1) + u16(16) + u64(a_) + u64(b_)
    a("zip64-size-2-63", "zip.bad-record",
      archive([pkl(), data(c_size=0xFFFFFFFF, c_packed=0xFFFFFFFF, c_extra=zip64(1 << 63, 1 << 63),
                           l_size=0xFFFFFFFF, l_packed=0xFFFFFFFF, l_extra=zip64(24, 24))]))
    a("zip64-extra-missing", "zip.bad-record", archive([pkl(), data(size=0xFFFFFFFF, packed=0xFFFFFFFF)]))


def modules():
    m = lambda name, code, data: add("modules", f"x-{name}.pt", code, data)
    m("no-pickle", "weights.unknown-archive", archive([entry("m/data/0", FLOATS)]))
    m("code-only", "weights.unknown-archive", archive([entry("m/code/__torch__.py", b"")]))
    m("pickle-at-top", "torch.folders", archive([entry("data.pkl", GOOD), entry("data/0", FLOATS)]))
    m("two-folders", "torch.folders", torch_file(GOOD, [entry("n/x", b"")]))
    m("file-beside-folder", "torch.folders", torch_file(GOOD, [entry("x", b"")]))
    m("byteorder-middle", "torch.byte-order", torch_file(GOOD, [entry("m/byteorder", b"middle")]))
    m("byteorder-empty", "torch.byte-order", torch_file(GOOD, [entry("m/byteorder", b"")]))
    m("byteorder-big", None, torch_file(GOOD, [entry("m/byteorder", b"big")]))
    m("constants-hostile", None, torch_file(GOOD, [entry("m/constants.pkl", b"cos\nsystem\n.")]))
    m("unreferenced-damaged", None, torch_file(GOOD, [entry("m/data/9", b"abc", crc=1)]))
    m("storage-missing", "torch.storage-missing", archive([entry("m/data.pkl", GOOD)]))
    m("storage-short", "torch.storage-size", torch_file(GOOD, data=FLOATS[:-1]))
    m("storage-long", "torch.storage-size", torch_file(GOOD, data=FLOATS + b"\0"))
    m("storage-empty", "torch.storage-size", torch_file(GOOD, data=b""))
    same = b"}(" + P.text("a.b") + P.tensor() + P.text("a") + b"}" + P.text("b") + P.tensor() + b"su"
    m("names-collide", "torch.duplicate-name", torch_file(P.document(same)))
    m("script-without-code-file", None,
      torch_file(P.document(P.glob("__torch__.clip", "Model") + b")\x81}" + P.text("w") + P.tensor() + b"sb"),
                 [entry("m/code/other.py", b""), entry("m/constants.pkl", b"")]))


def pickles():
    raw = lambda name, code, pickle: add("pickles", f"x-{name}.pt", code, torch_file(pickle))
    p = lambda name, code, body: raw(name, code, P.document(body))
    raw("valid", None, GOOD)
    raw("empty", "pickle.end-of-data", b"")
    raw("no-protocol", "pickle.version", b"N.")
    for version in [0, 1, 6, 255]:
        raw(f"protocol-{version}", "pickle.version", P.document(b"N", version))
    raw("protocol-twice", "pickle.opcode", b"\x80\x02\x80\x02N.")
    raw("no-stop", "pickle.end-of-data", b"\x80\x02N")
    raw("stop-on-empty-stack", "pickle.stack", b"\x80\x02.")
    raw("two-values-at-stop", "pickle.stack", b"\x80\x02NN.")
    raw("bytes-after-stop", "pickle.trailing-bytes", b"\x80\x02N.N")
    for name, opcode in [
        ("int-text", b"I1\n"), ("long-text", b"L1L\n"), ("float-text", b"F1.0\n"), ("string-text", b"S'a'\n"),
        ("unicode-text", b"Va\n"), ("dup", b"N2"), ("persid-text", b"Pkey\n"), ("get-text", b"g0\n"),
        ("put-text", b"Np0\n"), ("inst", b"(ios\nsystem\n"),
        ("ext1", b"\x82\x01"), ("ext2", b"\x83\x01\x00"), ("ext4", b"\x84\x01\x00\x00\x00"),
        ("list-of-mark", b"(l"), ("dict-of-mark", b"(d"), ("unused-byte", b"\xff"),
    ]:
        p(f"opcode-{name}", "pickle.opcode", opcode)
    for name, opcode in [
        ("pop", b"0"), ("pop-mark", b"1"), ("tuple1", b"\x85"), ("tuple2", b"\x86"), ("tuple3", b"\x87"),
        ("tuple", b"t"), ("append", b"a"), ("appends", b"e"), ("setitem", b"s"), ("setitems", b"u"),
        ("binput", b"q\0"), ("long-binput", b"r\0\0\0\0"), ("memoize", b"\x94"), ("stack-global", b"\x93"),
        ("binpersid", b"Q"), ("reduce", b"R"), ("newobj", b"\x81"), ("build", b"b"),
    ]:
        p(f"underflow-{name}", "pickle.stack", opcode)
    p("setitems-odd", "pickle.kind", b"}(" + P.text("a") + b"u")
    p("setitem-on-list", "pickle.kind", b"]" + P.text("a") + P.text("b") + b"s")
    p("append-on-dict", "pickle.kind", b"}" + P.text("a") + b"a")
    p("append-on-tuple", "pickle.kind", b")" + P.text("a") + b"a")
    p("get-unset", "pickle.memo", b"h\x07")
    p("long-get-2-31", "pickle.memo", b"j\0\0\0\x80")
    p("put-2-31", "pickle.memo", b"Nr\0\0\0\x80")
    p("put-2-32", "pickle.memo", b"Nr\xff\xff\xff\xff")
    p("unicode-4-gigabytes", "pickle.end-of-data", b"X\xff\xff\xff\xffabc")
    p("unicode8-2-63", "pickle.end-of-data", b"\x8d" + u64(1 << 63) + b"abc")
    p("unicode8-2-64", "pickle.end-of-data", b"\x8d" + u64(2**64 - 1) + b"abc")
    p("bytes-2-gigabytes", "pickle.end-of-data", b"B\xff\xff\xff\x7fabc")
    p("bytes8-2-63", "pickle.end-of-data", b"\x8e" + u64(1 << 63) + b"abc")
    p("frame-longer-than-file", "pickle.end-of-data", b"\x95" + u64(255) + b"N")
    p("frame-2-63", "pickle.end-of-data", b"\x95" + u64(1 << 63) + b"N")
    p("long1-255-of-1", "pickle.end-of-data", b"\x8a\xff\0")
    p("global-unterminated", "pickle.end-of-data", b"c" + b"a" * 2000)
    p("text-not-utf8", "pickle.text", P.text(b"\xc3\x28"))
    p("text-surrogate", "pickle.text", P.text(b"\xed\xa0\x80"))
    p("global-not-utf8", "pickle.text", b"c\xff\na\n")
    for module, name in [
        ("os", "system"), ("posix", "system"), ("nt", "system"), ("builtins", "eval"), ("builtins", "exec"),
        ("builtins", "getattr"), ("builtins", "__import__"), ("builtins", "compile"), ("__builtin__", "eval"),
        ("subprocess", "Popen"), ("subprocess", "check_output"), ("torch", "load"), ("torch.hub", "load"),
        ("torch.jit", "load"), ("torch._utils", "_rebuild_sparse_tensor"),
        ("torch._utils", "_rebuild_tensor_v22"), ("torch.storage", "_load_from_bytes"),
        ("torch.nn.modules.linear", "Linear"), ("numpy.core.multiarray", "_reconstruct"),
        ("functools", "partial"), ("operator", "attrgetter"), ("pickle", "loads"), ("_codecs", "decode"),
        ("collections", "defaultdict"), ("runpy", "run_module"), ("importlib", "import_module"),
        ("sys", "exit"), ("webbrowser", "open"), ("pip", "main"), ("__main__", "Model"),
    ]:
        call = P.text("true") + b"\x85R"
        p(f"call-{module}.{name}", "pickle.global", P.glob(module, name) + call)
    p("call-by-stack-global", "pickle.global", P.text("os") + P.text("system") + b"\x93" + P.text("true") + b"\x85R")
    p("call-then-popped", "pickle.global", P.glob("os", "system") + P.text("true") + b"\x85R0N")
    p("dotted-attribute", "pickle.global", P.glob("torch", "os.system") + P.text("true") + b"\x85R")
    p("reduce-a-text", "pickle.kind", P.text("os") + b")R")
    p("reduce-with-list", "pickle.kind", P.glob("collections", "OrderedDict") + b"]R")
    p("ordered-dict-with-arguments", "pickle.call", P.glob("collections", "OrderedDict") + b"]\x85R")
    p("call-a-storage-type", "pickle.call", P.glob("torch", "FloatStorage") + b")R")
    p("build-a-tensor", "pickle.kind", P.tensor() + b"}b")
    p("build-a-list", "pickle.kind", b"]}b")
    p("newobj-of-function", "pickle.kind", P.glob("collections", "OrderedDict") + b")\x81")
    p("persid-not-tuple", "pickle.kind", P.text("0") + b"Q")
    p("persid-short", "pickle.kind", P.text("storage") + b"\x85Q")
    for name, key in [("slash", "a/b"), ("parent", ".."), ("climb", "../data.pkl"), ("empty", "")]:
        p(f"storage-key-{name}", "pickle.kind", P.storage(key=key))
    p("storage-count-negative", "pickle.kind", P.storage(count=-1))
    p("storage-type-unknown", "pickle.global", P.storage(kind="ComplexFloatStorage"))
    for name, code, tensor in [
        ("arity", "pickle.call", P.glob("torch._utils", "_rebuild_tensor_v2") + b")R"),
        ("grad-not-bool", "pickle.call", P.tensor(grad=P.int(1))),
        ("strides-of-other-rank", "pickle.call", P.tensor(strides=(1,))),
        ("size-negative", "tensor.negative", P.tensor(shape=(-2, 3))),
        ("sizes-negative", "tensor.negative", P.tensor(shape=(-2, -3))),
        ("stride-negative", "tensor.negative", P.tensor(strides=(3, -1))),
        ("offset-negative", "tensor.negative", P.tensor(offset=-1)),
        ("offset-past-storage", "tensor.out-of-bounds", P.tensor(offset=7, shape=(1,), strides=(1,))),
        ("one-past-storage", "tensor.out-of-bounds", P.tensor(shape=(7,), strides=(1,))),
        ("strides-past-storage", "tensor.out-of-bounds", P.tensor(strides=(4, 1))),
        ("sizes-overflow", "tensor.overflow", P.tensor(shape=(1 << 40, 1 << 40), strides=(0, 0))),
        ("stride-overflow", "tensor.overflow", P.tensor(shape=(2,), strides=((1 << 63) - 1,))),
        ("offset-overflow", "tensor.overflow", P.tensor(offset=(1 << 63) - 1, shape=(2,), strides=(1,))),
        ("billion-from-one", "tensor.expansion", P.tensor(shape=(1 << 30,), strides=(0,))),
        ("rank-9", "pickle.too-large", P.tensor(shape=(1,) * 9, strides=(1,) * 9)),
        ("overlapping-strides", None, P.tensor(shape=(2, 2, 2), strides=(1, 1, 1))),
        ("storage-count-5", "torch.storage-size", P.tensor(storage=P.storage(count=5))),
        ("storage-count-maximum", "torch.storage-size", P.tensor(storage=P.storage(count=(1 << 63) - 1))),
        ("storage-of-doubles", "torch.storage-size", P.tensor(storage=P.storage(kind="DoubleStorage"))),
        ("storage-unknown-key", "torch.storage-missing", P.tensor(storage=P.storage(key="1"))),
    ]:
        raw(f"tensor-{name}", code, P.state(tensor))
    p("list-in-itself", "pickle.too-large", b"]q\0h\0a")
    p("tuples-10000-deep", "pickle.too-large", P.tensor() + b"\x85" * 10000)
    double = P.tensor() + b"q\0"
    hollow = b"]q\0"
    for level in range(1, 31):
        step = b"0]q" + bytes([level]) + b"(h" + bytes([level - 1]) + b"h" + bytes([level - 1]) + b"e"
        double += step
        hollow += step
    p("doubling-2-30", "torch.too-many-tensors", double)
    p("doubling-hollow", "pickle.too-large", hollow)
    p("only-a-number", "torch.no-tensors", P.int(1))


# safetensors ----------------------------------------------------------------------------------


def tensors():
    def t(name, code, header, data=0, length=None):
        header = header if isinstance(header, bytes) else header.encode()
        raw = struct.pack("<Q", len(header) if length is None else length) + header + bytes(data)
        add("tensors", f"x-{name}.safetensors", code, raw)

    def e(name="x", dtype="F32", shape="[1]", offsets="[0,4]"):
        return f'"{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}'

    t("valid", None, "{" + e() + "}", 4)
    t("valid-scalar", None, "{" + e(shape="[]") + "}", 4)
    t("valid-zero-size", None, "{" + e(shape="[3,0]", offsets="[0,0]") + "}")
    t("valid-trailing-spaces", None, "{" + e() + "}    ", 4)
    t("valid-unaligned", None, "{" + e("a", "U8", "[1]", "[0,1]") + "," + e("b", offsets="[1,5]") + "}", 5)
    # The name says what the file is, so bytes that begin like nothing are still safetensors.
    t("header-2-63", "safetensors.header-length", "{}", length=1 << 63)
    t("header-2-64", "safetensors.header-length", "{}", length=2**64 - 1)
    t("header-beyond-limit", "safetensors.header-length", "{}", length=100_000_001)
    t("header-beyond-file", "safetensors.header-length", "{}", length=3)
    t("header-open", "safetensors.header-json", "{")
    t("header-nul", "safetensors.header-json", "{}\0")
    t("header-twice", "safetensors.header-json", "{}{}")
    t("header-not-utf8", "safetensors.header-json", b'{"\xff":{}}')
    t("header-deep", "safetensors.header-json", '{"a":' + "[" * 10000)
    t("name-twice", "safetensors.header-json", "{" + e() + "," + e() + "}", 8)
    t("key-twice", "safetensors.header-json", '{"x":{"dtype":"F32","dtype":"F16"}}')
    t("name-surrogate", "safetensors.header-json", '{"\\ud800":{}}')
    t("no-dtype", "safetensors.entry", '{"x":{"shape":[1],"data_offsets":[0,4]}}', 4)
    t("no-shape", "safetensors.entry", '{"x":{"dtype":"F32","data_offsets":[0,4]}}', 4)
    t("no-offsets", "safetensors.entry", '{"x":{"dtype":"F32","shape":[1]}}', 4)
    t("entry-a-number", "safetensors.entry", '{"x":3}', 4)
    t("shape-negative", "safetensors.entry", "{" + e(shape="[-1]") + "}", 4)
    t("shape-fraction", "safetensors.entry", "{" + e(shape="[1.0]") + "}", 4)
    t("shape-exponent", "safetensors.entry", "{" + e(shape="[1e0]") + "}", 4)
    t("shape-2-63", "safetensors.entry", "{" + e(shape="[9223372036854775808]") + "}", 4)
    t("shape-a-number", "safetensors.entry", "{" + e(shape="1") + "}", 4)
    t("offsets-three", "safetensors.entry", "{" + e(offsets="[0,4,4]") + "}", 4)
    t("offsets-negative", "safetensors.entry", "{" + e(offsets="[-4,0]") + "}", 4)
    for dtype in ["F4", "F8_E4M3", "f32", "FLOAT", ""]:
        t(f"dtype-{dtype or 'empty'}", "safetensors.dtype", "{" + e(dtype=dtype) + "}", 4)
    t("offsets-reversed", "safetensors.offsets", "{" + e(offsets="[4,0]") + "}", 4)
    t("offsets-past-end", "safetensors.offsets", "{" + e(offsets="[0,5]") + "}", 4)
    t("offsets-at-maximum", "safetensors.offsets",
      "{" + e(offsets="[9223372036854775803,9223372036854775807]") + "}", 4)
    t("size-too-small", "safetensors.size", "{" + e(shape="[2]") + "}", 4)
    t("size-too-large", "safetensors.size", "{" + e(dtype="F16") + "}", 4)
    t("shape-overflow", "tensor.overflow", "{" + e(shape="[4611686018427387904,4]") + "}", 4)
    t("rank-9", "tensor.rank", "{" + e(shape="[1,1,1,1,1,1,1,1,1]") + "}", 4)
    t("bytes-after", "safetensors.layout", "{" + e() + "}", 5)
    t("hole-at-start", "safetensors.layout", "{" + e(offsets="[1,5]") + "}", 5)
    t("hole", "safetensors.layout", "{" + e("a") + "," + e("b", offsets="[5,9]") + "}", 9)
    t("same-bytes", "safetensors.layout", "{" + e("a") + "," + e("b") + "}", 4)
    t("overlap", "safetensors.layout", "{" + e("a") + "," + e("b", offsets="[2,6]") + "}", 6)
    t("metadata-a-number", "safetensors.metadata", '{"__metadata__":{"a":1}}')
    t("metadata-a-text", "safetensors.metadata", '{"__metadata__":"a"}')


# numpy ----------------------------------------------------------------------------------------


def arrays():
    def n(name, code, header, data=bytes(4), version=(1, 0), length=None):
        header = header if isinstance(header, bytes) else header.encode()
        header += b"\n"
        size = len(header) if length is None else length
        packed = struct.pack("<H" if version[0] == 1 else "<I", size)
        add("arrays", f"x-{name}.npy", code, b"\x93NUMPY" + bytes(version) + packed + header + data)

    def h(descr="'<f4'", order="False", shape="(1,)"):
        return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"

    n("valid", None, h())
    n("valid-big-endian", None, h("'>f4'"))
    n("valid-fortran", None, h(order="True", shape="(1, 1)"))
    n("valid-scalar", None, h(shape="()"))
    n("valid-empty", None, h(shape="(0,)"), b"")
    n("version-0", "npy.version", h(), version=(0, 0))
    n("version-4", "npy.version", h(), version=(4, 0))
    n("version-1.1", "npy.version", h(), version=(1, 1))
    n("header-length-0", "npy.header", h(), length=0)
    n("header-length-65535", "npy.header-length", h(), length=65535)
    n("header-length-2-32", "npy.header-length", h(), version=(2, 0), length=2**32 - 1)
    n("header-without-newline", "npy.header", h(), length=len(h()))
    n("header-not-ascii", "npy.header", h("'<f4\u00e9'"))
    n("header-call", "npy.header", h("__import__('os').system('true')"))
    n("header-expression", "npy.header", h(shape="(1+1,)"))
    n("header-structured", "npy.header", h("[('a', '<f4')]"))
    n("header-order-0", "npy.header", h(order="0"))
    n("header-shape-number", "npy.header", h(shape="(1)"))
    n("header-shape-bare", "npy.header", h(shape="1"))
    n("header-shape-negative", "npy.header", h(shape="(-1,)"))
    n("header-shape-fraction", "npy.header", h(shape="(1.0,)"))
    n("header-shape-comma", "npy.header", h(shape="(,)"))
    n("header-shape-huge", "npy.header", h(shape="(99999999999999999999,)"))
    n("header-rank-9", "npy.header", h(shape="(1, 1, 1, 1, 1, 1, 1, 1, 1)"))
    n("header-open", "npy.header", "{")
    n("header-empty", "npy.header", "")
    n("header-text-open", "npy.header", "{'descr': '<f4")
    n("header-rest", "npy.header", h() + "x")
    for label, descr in [
        ("object", "|O"), ("bare-f4", "f4"), ("native-f4", "=f4"), ("unordered-f4", "|f4"), ("c8", "<c8"),
        ("u4", "<u4"), ("date", "<M8[s]"), ("empty", ""),
    ]:
        n(f"dtype-{label}", "npy.dtype", h(f"'{descr}'"))
    n("key-missing", "npy.key", "{'descr': '<f4', 'fortran_order': False}")
    n("key-twice", "npy.key", "{'descr': '<f4', 'descr': '<f4'}")
    n("key-unknown", "npy.key", "{'shape': (), 'x': 1}")
    n("keys-none", "npy.key", "{}")
    n("data-short", "npy.data-size", h(), bytes(3))
    n("data-long", "npy.data-size", h(), bytes(5))
    n("data-for-zero", "npy.data-size", h(shape="(0,)"))
    n("shape-overflow", "tensor.overflow", h(shape="(4611686018427387904, 2)"))


# JSON -----------------------------------------------------------------------------------------


def texts():
    j = lambda name, code, data: add("texts", f"x-{name}.json", code, data)
    j("empty", "json.end-of-data", "")
    j("spaces", "json.end-of-data", "   ")
    j("text-open", "json.end-of-data", '"abc')
    j("object-open", "json.end-of-data", '{"a":1')
    j("array-open", "json.end-of-data", "[1,")
    j("word-cut", "json.end-of-data", "tru")
    j("escape-cut", "json.end-of-data", '"\\u12')
    j("key-twice", "json.duplicate-key", '{"a":1,"a":2}')
    j("number-1e999", "json.number-out-of-range", "1e999")
    j("number-4000-digits", "json.number-out-of-range", "1" * 4000)
    j("number-01", "json.unexpected-byte", "01")
    j("number-.5", "json.unexpected-byte", ".5")
    j("number-plus", "json.unexpected-byte", "+1")
    j("number-nan", "json.unexpected-byte", "NaN")
    j("number-infinity", "json.unexpected-byte", "-Infinity")
    j("number-minus-zero", None, "-0")
    j("comma-trailing", "json.unexpected-byte", "[1,]")
    j("comma-trailing-object", "json.unexpected-byte", '{"a":1,}')
    j("comma-missing", "json.unexpected-byte", "[1 2]")
    j("colon-missing", "json.unexpected-byte", '{"a" 1}')
    j("key-bare", "json.unexpected-byte", "{a:1}")
    j("comment-line", "json.unexpected-byte", "// x\n1")
    j("comment-block", "json.unexpected-byte", "/* x */ 1")
    j("single-quotes", "json.unexpected-byte", "'a'")
    j("brackets-crossed", "json.unexpected-byte", "[1}")
    j("two-values", "json.trailing-bytes", "1 2")
    j("nul-after", "json.trailing-bytes", "1\0")
    j("surrogate-high", "json.lone-surrogate", '"\\ud800"')
    j("surrogate-low", "json.lone-surrogate", '"\\udc00"')
    j("surrogate-pair-broken", "json.lone-surrogate", '"\\ud800\\u0041"')
    j("escape-x", "json.invalid-escape", '"\\x41"')
    j("escape-not-hex", "json.invalid-escape", '"\\u00g0"')
    j("control-character", "json.control-character", '"a\x01b"')
    j("newline-in-text", "json.control-character", '"a\nb"')
    j("mark-utf8", "json.byte-order-mark", b"\xef\xbb\xbf{}")
    j("mark-utf16", "json.byte-order-mark", b"\xff\xfe{\0}\0")
    j("utf8-invalid", "json.invalid-utf8", b'"\xff"')
    j("utf8-overlong", "json.invalid-utf8", b'"\xc0\x80"')
    j("utf8-surrogate", "json.invalid-utf8", b'"\xed\xa0\x80"')
    j("arrays-deep", "json.too-deep", "[" * 20000)
    j("objects-deep", "json.too-deep", '{"a":' * 5000)


# zlib -----------------------------------------------------------------------------------------


class Bits:
    """Deflate's bit order: fields from the low bit, Huffman codes from the high one."""

    def __init__(self):
        self.bits = []

    def field(self, value, count):
        self.bits += [(value >> i) & 1 for i in range(count)]
        return self

    def code(self, value, count):
        self.bits += [(value >> i) & 1 for i in reversed(range(count))]
        return self

    def data(self):
        bits = self.bits + [0] * (-len(self.bits) % 8)
        return bytes(sum(bits[i + k] << k for k in range(8)) for i in range(0, len(bits), 8))


def streams():
    s = lambda name, code, data: add("streams", f"x-{name}.zlib", code, data)
    whole = lambda body, content=b"": b"\x78\x9c" + body + struct.pack(">I", zlib.adler32(content))
    good = zlib.compress(b"hello hello hello")
    s("valid", None, good)
    s("empty", "inflate.truncated", b"")
    s("one-byte", "inflate.truncated", b"\x78")
    s("method-7", "inflate.header", b"\x77\x85" + good[2:])
    s("window-64k", "inflate.header", b"\x88\x1c" + good[2:])
    s("header-check", "inflate.header", b"\x78\x9d" + good[2:])
    s("preset-dictionary", "inflate.preset-dictionary", b"\x78\xbb\0\0\0\1" + good[2:])
    s("adler-wrong", "inflate.checksum", good[:-1] + bytes([good[-1] ^ 1]))
    s("adler-cut", "inflate.truncated", good[:-1])
    s("cut", "inflate.truncated", good[:6])
    s("block-type-3", "inflate.block-type", whole(Bits().field(1, 1).field(3, 2).data() + b"\0\0"))
    s("stored-complement", "inflate.stored-length", whole(b"\x01\x05\x00\x05\x00hello"))
    s("stored-past-end", "inflate.truncated", b"\x78\x9c\x01\xff\x00\x00\xffhi")
    dynamic = lambda hlit, hdist, hclen: Bits().field(1, 1).field(2, 2).field(hlit, 5).field(hdist, 5).field(hclen, 4)
    s("codes-287", "inflate.too-many-codes", whole(dynamic(30, 0, 0).data() + bytes(8)))
    s("codes-288", "inflate.too-many-codes", whole(dynamic(31, 0, 0).data() + bytes(8)))
    s("distances-31", "inflate.too-many-codes", whole(dynamic(0, 30, 0).data() + bytes(8)))
    s("distances-32", "inflate.too-many-codes", whole(dynamic(0, 31, 0).data() + bytes(8)))
    s("lengths-all-zero", "inflate.code-lengths", whole(dynamic(0, 0, 15).data() + bytes(12)))
    over = dynamic(0, 0, 15)
    for _ in range(19):
        over.field(1, 3)
    s("lengths-oversubscribed", "inflate.code-lengths", whole(over.data() + bytes(8)))
    # Lengths 0 and 16 have codes of one bit; the first one used is 16, which repeats nothing.
    first = dynamic(0, 0, 15)
    for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]:
        first.field(1 if symbol in (0, 16) else 0, 3)
    s("repeat-without-first", "inflate.code-lengths", whole(first.code(1, 1).field(0, 2).data() + bytes(8)))
    # Lengths 0 and 18: runs of 138 zeros until there are more than declared.
    runs = dynamic(0, 0, 15)
    for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]:
        runs.field(1 if symbol in (0, 18) else 0, 3)
    many = runs
    for _ in range(2):
        many.code(1, 1).field(127, 7)
    s("repeat-past-end", "inflate.code-lengths", whole(many.data() + bytes(8)))
    fixed = lambda: Bits().field(1, 1).field(1, 2)
    s("fixed-end-only", None, whole(fixed().code(0, 7).data()))
    s("length-286", "inflate.symbol", whole(fixed().code(0b11000110, 8).data() + bytes(4)))
    s("length-287", "inflate.symbol", whole(fixed().code(0b11000111, 8).data() + bytes(4)))
    a = lambda bits: bits.code(0x30 + ord("a"), 8)
    s("distance-30", "inflate.symbol", whole(a(fixed()).code(1, 7).code(30, 5).data() + bytes(4)))
    s("distance-31", "inflate.symbol", whole(a(fixed()).code(1, 7).code(31, 5).data() + bytes(4)))
    s("distance-before-start", "inflate.distance", whole(fixed().code(1, 7).code(0, 5).data() + bytes(4)))
    s("distance-2-of-1", "inflate.distance", whole(a(fixed()).code(1, 7).code(1, 5).data() + bytes(4)))
    s("bomb-1000-to-1", "inflate.output-limit", zlib.compress(bytes(4 << 20), 9))
    s("stored-blocks-empty-20000", None, whole(b"\0\0\0\xff\xff" * 20000 + b"\1\0\0\xff\xff"))


# Lists ----------------------------------------------------------------------------------------


def lists():
    i = lambda name, code, data: add("lists", f"x-{name}.txt", code, data)
    i("valid", None, "a.jpg 1 2\nb.jpg\n")
    i("valid-trailing-space", None, "a.jpg 1 \nb.jpg 2 \n")
    i("valid-crlf", None, "a.jpg 1\r\nb.jpg 2\r\n")
    i("valid-mark", None, b"\xef\xbb\xbfa.jpg 1\n")
    i("valid-no-newline", None, "a.jpg 1")
    i("empty", "dataset.no-images", "")
    i("label-20", "dataset.label-out-of-range", "a.jpg 20\n")
    i("label-minus-1", "dataset.label-out-of-range", "a.jpg 1\nb.jpg -1\n")
    i("label-fraction", "dataset.bad-label", "a.jpg 1.5\n")
    i("label-plus", "dataset.bad-label", "a.jpg +1\n")
    i("label-word", "dataset.bad-label", "a.jpg cow\n")
    i("label-huge", "dataset.bad-label", "a.jpg 99999999999999999999\n")
    i("label-hexadecimal", "dataset.bad-label", "a.jpg 0x1\n")
    i("label-twice", "dataset.repeated-label", "a.jpg 1 1\n")
    i("path-twice", "dataset.repeated-path", "a.jpg 1\na.jpg 2\n")
    i("path-with-space", "dataset.bad-label", "my picture.jpg 1\n")
    i("line-empty", "dataset.empty-line", "a.jpg 1\n\nb.jpg 2\n")
    i("line-of-spaces", "dataset.empty-line", "a.jpg 1\n   \nb.jpg 2\n")
    i("nul", "dataset.not-text", "a\0.jpg 1\n")
    i("not-utf8", "dataset.not-text", b"a\xff.jpg 1\n")
    c = lambda name, code, data: add("captions", f"x-{name}.txt", code, data)
    c("valid", None, "a.jpg a dog\nb.jpg a cat\n")
    c("valid-empty-caption", None, "a.jpg\nb.jpg a cat\n")
    c("too-few", "dataset.caption-count", "a.jpg a dog\n")
    c("too-many", "dataset.caption-count", "a.jpg a dog\nb.jpg a cat\nc.jpg a cow\n")
    c("other-order", "dataset.caption-order", "b.jpg a cat\na.jpg a dog\n")
    c("other-path", "dataset.caption-order", "a.jpg a dog\nc.jpg a cat\n")
    c("empty", "dataset.caption-count", "")
    c("nul", "dataset.not-text", "a.jpg a\0dog\nb.jpg a cat\n")
    c("not-utf8", "dataset.not-text", b"a.jpg a dog\nb.jpg \xe9\n")
    n = lambda name, code, data: add("labels", f"x-{name}.txt", code, data)
    n("valid", None, "cow 0\ntraffic light 1\n")
    n("index-missing", "dataset.bad-class-line", "cow\n")
    n("index-only", "dataset.bad-class-line", "0\n")
    n("index-word", "dataset.bad-class-line", "cow one\n")
    n("index-from-1", "dataset.classes-not-contiguous", "cow 1\ndog 2\n")
    n("index-skips", "dataset.classes-not-contiguous", "cow 0\ndog 2\n")
    n("index-twice", "dataset.classes-not-contiguous", "cow 0\ndog 0\n")
    n("index-negative", "dataset.classes-not-contiguous", "cow -1\n")
    n("line-empty", "dataset.bad-class-line", "cow 0\n\ndog 1\n")
    n("not-utf8", "dataset.not-text", b"c\xff 0\n")
    d = lambda name, code, data: add("descriptions", f"x-{name}.json", code, data)
    d("valid", None, '{"name":"a","train":"t","test":"e","labels":"l"}')
    d("empty", "json.end-of-data", "")
    d("not-json", "json.unexpected-byte", "name: a")
    d("array", "dataset.missing-field", "[]")
    for key in ["name", "train", "test", "labels"]:
        fields = {"name": "a", "train": "t", "test": "e", "labels": "l"}
        d(f"no-{key}", "dataset.missing-field", json.dumps({k: v for k, v in fields.items() if k != key}))
        d(f"{key}-a-number", "dataset.missing-field", json.dumps({**fields, key: 1}))
    d("key-twice", "json.duplicate-key", '{"name":"a","name":"b"}')
    d("deep", "json.too-deep", '{"name":' * 5000)


def main():
    for make in [archives, modules, pickles, tensors, arrays, texts, streams, lists]:
        make()
    total = 0
    for kind, files in kinds.items():
        folder = os.path.join(ROOT, kind)
        os.makedirs(folder, exist_ok=True)
        for old in os.listdir(folder):
            os.remove(os.path.join(folder, old))
        entries = []
        for name, code, data in files:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
            entries.append({
                "path": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data),
                "equation": "hostile input", "outputs": [], "error": code,
            })  # fmt: skip
        manifest = {
            "schema": 1, "generator": "generators/hostile.py",
            "tools": {"python": platform.python_version()}, "entries": entries,
        }  # fmt: skip
        with open(os.path.join(folder, "manifest.json"), "w") as file:
            json.dump(manifest, file, indent=1)
            file.write("\n")
        total += len(entries)
        print(f"{kind}: {len(entries)}")
    print(f"{total} files")


main()
