// Asks a server through turbopuffer's own client for JavaScript, and prints what came of it. Run in a folder that has the
// client, with the URL and the key; turbopuffer_client.py does more of the same for Python's.
import { createRequire } from "node:module";
import path from "node:path";

const { Turbopuffer } = createRequire(path.join(process.cwd(), "here.js"))("@turbopuffer/turbopuffer");
const [url, key] = process.argv.slice(2);
const client = new Turbopuffer({ baseURL: url, apiKey: key, maxRetries: 0 });
const space = client.namespace("from-node");
const [A, B, C] = ["a", "b", "c"].map((digit) => `00000000-0000-0000-0000-00000000000${digit}`);
const said = {};

async function ask(name, call) {
  try {
    said[name] = await call();
  } catch (error) {
    said[name] = { error: error.constructor.name, status: error.status };
  }
}

const ids = async (query) => (await space.query({ top_k: 10, ...query })).rows.map((row) => row.id);

await ask("written", () =>
  space.write({
    distance_metric: "cosine_distance",
    return_affected_ids: true,
    schema: { id: "uuid", text: { type: "string", full_text_search: true }, year: { type: "int" }, vector: { type: "[2]f32", ann: true } },
    upsert_columns: { id: [A, B, C], vector: [[1, 0], [0, 1], [-1, 0.5]], text: ["quick foxes jump", "a lazy walrus", null], year: [2024, 1999, null] },
  }).then(({ status, rows_affected, upserted_ids }) => ({ status, rows_affected, upserted_ids })));
await ask("near", () => ids({ rank_by: ["vector", "ANN", [1, 0]] }));
await ask("words", () => ids({ rank_by: ["text", "BM25", "walrus"] }));
await ask("filtered", () => ids({ rank_by: ["id", "asc"], filters: ["And", [["year", "NotEq", null], ["year", "Gt", 2000]]] }));
await ask("whole", async () => (await space.query({ rank_by: ["id", "asc"], top_k: 1, include_attributes: true })).rows[0]);
await ask("encoded", async () =>
  (await space.query({ rank_by: ["id", "asc"], top_k: 1, include_attributes: ["vector"], vector_encoding: "base64" })).rows[0].vector);
await ask("schema", async () => Object.fromEntries(Object.entries(await space.schema()).map(([name, { type }]) => [name, type])));
await ask("deleted", async () => (await space.write({ deletes: [B] })).rows_deleted);
await ask("left", () => ids({ rank_by: ["id", "asc"] }));
await ask("missing", () => client.namespace("nowhere").query({ rank_by: ["id", "asc"], top_k: 1 }));
await ask("wrong", () => space.write({ upsert_rows: [{ id: A, vector: [1, 2, 3] }] }));
await ask("keyless", () => new Turbopuffer({ baseURL: url, apiKey: "another", maxRetries: 0 }).namespace("from-node").query({ rank_by: ["id", "asc"], top_k: 1 }));
await ask("busy", () => client.namespace("busy").query({ rank_by: ["id", "asc"], top_k: 1 }));
await ask("dropped", async () => (await space.deleteAll()).status);
console.log(JSON.stringify(said));
