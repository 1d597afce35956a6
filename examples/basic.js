// Refreshes a folder of Markdown and asks a question about it: the C API by koffi, results as JSON.
//
// Usage: node basic.js REPOSITORY FOLDER QUESTION   (npm install koffi)
"use strict";
const koffi = require("koffi");

const library = koffi.load(process.env.FRESHET_LIBRARY || "libfreshet.so.0");
for (const name of ["repository", "refresh", "policy", "hits", "error", "call_options"]) koffi.opaque("freshet_" + name);
const declare = (signature) => library.func(signature);
const freshet = {
  open: declare("int32_t freshet_repository_open(str, str, _Out_ freshet_repository **, _Out_ freshet_error **)"),
  close: declare("void freshet_repository_close(freshet_repository *)"),
  run: declare("int32_t freshet_refresh_run(freshet_repository *, str, freshet_policy *, freshet_call_options *, " +
               "_Out_ freshet_refresh **, _Out_ freshet_error **)"),
  report: declare("int32_t freshet_refresh_report(freshet_refresh *, _Out_ str *, _Out_ size_t *, _Out_ freshet_error **)"),
  endRun: declare("void freshet_refresh_free(freshet_refresh *)"),
  query: declare("int32_t freshet_query_run(freshet_repository *, str, str, freshet_call_options *, _Out_ freshet_hits **, " +
                 "_Out_ freshet_error **)"),
  toJson: declare("int32_t freshet_hits_to_json(freshet_hits *, _Out_ void **, _Out_ freshet_error **)"),
  freeHits: declare("void freshet_hits_free(freshet_hits *)"),
  freeText: declare("void freshet_string_free(void *)"),
  errorText: declare("str freshet_error_to_string(freshet_error *)"),
  freeError: declare("void freshet_error_free(freshet_error *)"),
};

// Calls a function of freshet with an out_error last, and throws what it says.
function call(name, ...parameters) {
  const error = [null];
  if (freshet[name](...parameters, error) === 0) return;
  const text = freshet.errorText(error[0]);
  freshet.freeError(error[0]);
  throw new Error(text);
}

function refresh(repository, folder) {
  const config = { sources: [{ loader: "files", options: { path: folder } }], store: "sqlite" };
  const run = [null], report = [null];
  call("run", repository, JSON.stringify(config), null, null, run);
  call("report", run[0], report, [0]);
  const counts = JSON.parse(report[0]);
  freshet.endRun(run[0]);
  console.log(`refreshed ${counts.refreshed}, unchanged ${counts.unchanged}, failed ${counts.failed}`);
}

function ask(repository, question) {
  const hits = [null], text = [null];
  call("query", repository, question, '{"limit":3,"mode":"text"}', null, hits);
  call("toJson", hits[0], text);
  const found = JSON.parse(koffi.decode(text[0], "char", -1));
  freshet.freeText(text[0]);
  freshet.freeHits(hits[0]);
  found.hits.forEach((hit, rank) => console.log(`${rank + 1}. ${hit.title}\n${hit.text}`));
}

function main(parameters) {
  if (parameters.length !== 3) {
    process.stderr.write("usage: basic REPOSITORY FOLDER QUESTION\n");
    return 2;
  }
  const repository = [null];
  try {
    call("open", parameters[0], null, repository);
    refresh(repository[0], parameters[1]);
    ask(repository[0], parameters[2]);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return 1;
  } finally {
    freshet.close(repository[0]);
  }
  return 0;
}

process.exitCode = main(process.argv.slice(2));
