#!/usr/bin/env python3
"""Checks proofs of the detection log without a line of its code.

    verify_log.py KEY PROOF.json          an answer of GET /v1/detections/{id}/proof, or of `log consistent --json`
    verify_log.py KEY --checkpoints FILE  every checkpoint of a file is signed by KEY

KEY: a verifier key `name+id+key`, or a file with one per line, that you got from the site and not from the proof.
Needs Python 3.9 and the package `cryptography`. Exit 0: proven; 1: not proven. Merkle trees: RFC 9162, section 2.1;
checkpoints: c2sp.org/tlog-checkpoint and c2sp.org/signed-note; what an entry says: docs/log.md.
"""
import base64, hashlib, json, os, re, sys, uuid
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class NotProven(Exception):
    pass


def check(holds, problem):
    if not holds:
        raise NotProven(problem)


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(data):
    return sha256(b"\x00" + data)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def verifier_keys(given):
    """{(name, id): public key} from the text of a key or a file with one per line."""
    keys = {}
    lines = open(given, encoding="utf-8").read().split("\n") if os.path.exists(given) else [given]
    for line in filter(None, map(str.strip, lines)):
        name, key_id, encoded = line.split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        check(len(raw) == 33 and raw[0] == 1, "not an Ed25519 key: " + line)
        check(sha256(name.encode() + b"\n" + raw)[:4].hex() == key_id, "the id is not that of the key: " + line)
        keys[name, bytes.fromhex(key_id)] = Ed25519PublicKey.from_public_bytes(raw[1:])
    return keys


def checkpoint(note, keys):
    """(origin, size, root) of a signed note, once a known key is seen to have signed it."""
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    signers = 0
    for line in signatures.rstrip("\n").split("\n"):
        check(re.fullmatch("— [^ +]+ [A-Za-z0-9+/=]+", line), "not a signature line: " + line)
        _, name, encoded = line.split(" ")
        raw = base64.b64decode(encoded, validate=True)
        key = keys.get((name, raw[:4]))
        if key is None:
            continue
        try:
            key.verify(raw[4:], text.encode())
        except InvalidSignature:
            raise NotProven("the signature is not of this checkpoint") from None
        signers += 1
    check(signers > 0, "no key that was given signed this checkpoint")
    origin, size, root = text.split("\n")[:3]
    check((origin,) in {key[:1] for key in keys}, "the checkpoint is of another log: " + origin)
    return origin, int(size), base64.b64decode(root, validate=True)


def root_from_inclusion(leaf, position, size, proof):
    """RFC 9162, 2.1.3.2"""
    check(0 <= position < size, "there is no such position")
    fn, sn, r = position, size - 1, leaf
    for p in proof:
        check(sn > 0, "the proof is too long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    check(sn == 0, "the proof is too short")
    return r


def check_consistency(first, first_root, second, second_root, proof):
    """RFC 9162, 2.1.4.2"""
    check(first <= second, "the first checkpoint is the larger one")
    if first == second or first == 0:
        check(not proof and (first_root == second_root if first else first_root == sha256(b"")), "the roots differ")
        return
    path = ([first_root] if first & (first - 1) == 0 else []) + proof
    check(path, "the proof is empty")
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        check(sn > 0, "the proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    check(sn == 0 and fr == first_root and sr == second_root, "one checkpoint does not extend the other")


def check_entry(entry, content):
    """The hash in the entry covers the report and what was logged with it."""
    parts = [content["candidatesSha256"], content["referencesDigest"], content["keyDigest"]]
    logged = sha256(content["report"].encode()) + b"".join(bytes.fromhex(part) for part in parts if part)
    linked = sha256(bytes.fromhex(entry["previous"]) + uuid.UUID(entry["id"]).bytes + logged)
    check(linked.hex() == entry["hash"], "the report is not the one that was logged")
    check(json.loads(content["report"])["id"] == entry["id"], "the report is another one")


def main(key, what, *files):
    keys = verifier_keys(key)
    if what == "--checkpoints":
        notes = re.findall("[^\n]+\n(?:[^\n]+\n)+\n(?:— [^\n]+\n)+", open(files[0], encoding="utf-8").read())
        check(notes, "there is no checkpoint")
        return "%d checkpoints are signed" % len([checkpoint(note, keys) for note in notes])
    proof = json.load(open(what, encoding="utf-8"))
    hashes = [bytes.fromhex(one) for one in proof["hashes"]]
    if "before" in proof:
        (one, first, first_root), (other, second, second_root) = (checkpoint(proof[n], keys) for n in ("before", "after"))
        check(one == other, "the checkpoints are of two logs")
        check_consistency(first, first_root, second, second_root, hashes)
        return "the first %d of %d entries are unchanged" % (first, second)
    _, size, root = checkpoint(proof["checkpoint"], keys)
    leaf = leaf_hash(proof["entry"].encode())
    check(root_from_inclusion(leaf, proof["position"], size, hashes) == root, "it does not stand under the checkpoint")
    check_entry(json.loads(proof["entry"]), proof["content"])
    return "entry %d of %d: %s" % (proof["position"], size, proof["content"]["report"])


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        print("proven: " + main(*sys.argv[1:]))
    except (NotProven, ValueError, KeyError, TypeError) as problem:
        sys.exit("not proven: %s" % problem)
