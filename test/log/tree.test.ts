import t from 'tap';
import { GrowingRoot } from '../../src/log/tree/growingRoot.js';
import { leafHash, nodeHash } from '../../src/log/tree/hashes.js';
import { consistencyProof, inclusionProof, type PerfectSubtree, rootAt } from '../../src/log/tree/proofs.js';
import { provesConsistency, provesInclusion } from '../../src/log/tree/verifyProofs.js';
import { noVerifier, verifierPython } from './verifierPython.js';

/**
 * Leaves, roots and proofs of Certificate Transparency's own tests: `testonly/constants.go` and
 * `proof/verify_test.go` of github.com/transparency-dev/merkle (Apache-2.0), formerly certificate-transparency-go.
 */
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  (data) => leafHash(Buffer.from(data, 'hex')),
);

const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const inclusions = [
  { position: 0, size: 1, proof: [] },
  {
    position: 0,
    size: 8,
    proof: [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  },
  {
    position: 5,
    size: 8,
    proof: [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
  { position: 2, size: 3, proof: ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'] },
  {
    position: 1,
    size: 5,
    proof: [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  },
];

const consistencies = [
  { before: 1, after: 1, proof: [] },
  {
    before: 1,
    after: 8,
    proof: [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  },
  {
    before: 6,
    after: 8,
    proof: [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
  {
    before: 2,
    after: 5,
    proof: [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  },
  {
    before: 6,
    after: 7,
    proof: [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  },
];

t.test("roots and proofs are those of Certificate Transparency's tests", async (t) => {
  const subtree = subtreesOf(leaves);
  for (const [size, root] of roots.entries()) t.equal((await rootAt(size, subtree)).toString('hex'), root);
  for (const { position, size, proof } of inclusions)
    t.strictSame((await inclusionProof(position, size, subtree)).map(hex), proof);
  for (const { before, after, proof } of consistencies)
    t.strictSame((await consistencyProof(before, after, subtree)).map(hex), proof);
});

const sizes = 70;
const many = Array.from({ length: sizes }, (_, i) => leafHash(`entry ${i}`));

t.test('every proof of trees of 0 to 70 leaves holds, and no other', async (t) => {
  const subtree = subtreesOf(many);
  const growing = new GrowingRoot();
  const known = [growing.root()];
  for (const leaf of many) {
    growing.add(leaf);
    known.push(growing.root());
  }
  const wrong = { inclusions: 0, consistencies: 0 };
  for (let size = 0; size <= sizes; size++) {
    t.strictSame(await rootAt(size, subtree), known[size], `root of ${size}`);
    for (let position = 0; position < size; position++) {
      const proof = await inclusionProof(position, size, subtree);
      const place = { position, size, root: known[size]! };
      const holds =
        provesInclusion(many[position]!, place, proof) &&
        !provesInclusion(many[(position + 1) % sizes]!, place, proof) &&
        !provesInclusion(many[position]!, { ...place, root: known[size - 1]! }, proof) &&
        !provesInclusion(many[position]!, place, [...proof, many[0]!]) &&
        (proof.length === 0 || !provesInclusion(many[position]!, place, proof.slice(1)));
      if (!holds) wrong.inclusions += 1;
    }
    for (let before = 0; before <= size; before++) {
      const proof = await consistencyProof(before, size, subtree);
      const trees = { before, after: size, beforeRoot: known[before]!, afterRoot: known[size]! };
      const other = known[size === 0 ? 1 : 0]!;
      const holds =
        provesConsistency(trees, proof) &&
        !provesConsistency({ ...trees, beforeRoot: leafHash('another') }, proof) &&
        !provesConsistency(trees, [...proof, many[0]!]) &&
        (before === 0 || !provesConsistency({ ...trees, afterRoot: other }, proof));
      if (!holds) wrong.consistencies += 1;
    }
  }
  t.strictSame(wrong, { inclusions: 0, consistencies: 0 });
  await t.rejects(inclusionProof(3, 3, subtree), RangeError);
  await t.rejects(consistencyProof(4, 3, subtree), RangeError);
});

const python = await verifierPython();
t.test(
  'the verifier in Python agrees with every proof, and refuses each that was bent',
  { skip: python === undefined ? noVerifier : false },
  async (t) => {
    if (python === undefined) return;
    const subtree = subtreesOf(many);
    const known = await Promise.all(Array.from({ length: sizes + 1 }, (_, size) => rootAt(size, subtree)));
    const proofs: object[] = [];
    for (let size = 0; size <= sizes; size++) {
      for (let position = 0; position < size; position++)
        proofs.push({ position, size, proof: (await inclusionProof(position, size, subtree)).map(hex) });
      for (let before = 0; before <= size; before++)
        proofs.push({ before, after: size, proof: (await consistencyProof(before, size, subtree)).map(hex) });
    }
    const answer = await python.run(program, JSON.stringify({ leaves: many.map(hex), roots: known.map(hex), proofs }));
    // 70 · 71 / 2 leaves in trees, 71 · 72 / 2 pairs of trees; bent: those that have a hash to bend.
    t.strictSame(JSON.parse(answer), { inclusions: 2485, consistencies: 2556, bentAccepted: 0 });
  },
);

/** Checks each proof as it is, and with a bit of its last hash flipped. */
const program = `
import json, sys
import verify_log as v
given = json.load(sys.stdin)
leaves, roots = ([bytes.fromhex(h) for h in given[k]] for k in ("leaves", "roots"))
inclusions = consistencies = bent = 0
def holds(p, hashes):
    try:
        if "position" in p:
            return v.root_from_inclusion(leaves[p["position"]], p["position"], p["size"], hashes) == roots[p["size"]]
        v.check_consistency(p["before"], roots[p["before"]], p["after"], roots[p["after"]], hashes)
        return True
    except v.NotProven:
        return False
for p in given["proofs"]:
    hashes = [bytes.fromhex(h) for h in p["proof"]]
    assert holds(p, hashes), p
    if "position" in p: inclusions += 1
    else: consistencies += 1
    if hashes:
        hashes[-1] = bytes([hashes[-1][0] ^ 1]) + hashes[-1][1:]
        bent += holds(p, hashes)
print(json.dumps({"inclusions": inclusions, "consistencies": consistencies, "bentAccepted": bent}))
`;

/** Straight from the definition, without tiles. */
function subtreesOf(all: readonly Buffer[]): PerfectSubtree {
  const hashOf = (level: number, index: number): Buffer =>
    level === 0
      ? (all[index] ?? Buffer.alloc(0))
      : nodeHash(hashOf(level - 1, 2 * index), hashOf(level - 1, 2 * index + 1));
  return (level, index) => Promise.resolve(hashOf(level, index));
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex');
}
