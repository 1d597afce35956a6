/* freshet/freshet.h - the whole C API of freshet, and the conventions that every part of it keeps.
 *
 * freshet keeps a knowledge base fresh: it reads from sources what is new, and only that, and leaves a
 * vector store exactly in step. The shortest program:
 *
 *     freshet_repository *repository = NULL;
 *     freshet_error *error = NULL;
 *     if (freshet_repository_open("/var/lib/docs", NULL, &repository, &error) == FRESHET_OK)
 *       freshet_refresh_run(repository, "{\"sources\":[{\"loader\":\"files\",\"options\":"
 *                           "{\"path\":\"/srv/docs\"}}]}", NULL, NULL, NULL, &error);
 *     if (error) fprintf(stderr, "%s\n", freshet_error_to_string(error));
 *     freshet_error_free(error);
 *     freshet_repository_close(repository);
 *
 * Names      freshet_<noun>_<verb>. Order of parameters: receiver, inputs, out_…, out_error last.
 * Handles    are opaque. What comes through an out_ parameter is the caller's until the matching _free or
 *            _close, which takes NULL and never fails. What is returned is borrowed from its object. A
 *            handle that was freed, is of another type, or never was one gives FRESHET_E_MISUSE.
 * Failures   every function that can fail returns a freshet_status, 0 for success, and takes an
 *            out_error, which may be NULL. On failure the other out_ parameters are NULL or 0.
 * Text       is NUL-terminated UTF-8; content is pointer and size. Both are read during the call only.
 * Options    are a JSON object; NULL stands for the defaults. Unknown keys, wrong types and values out of
 *            range are FRESHET_E_INVALID_ARGUMENT, with the path of the value as its subject. Durations:
 *            "90s", "24h", "7d", "PT24H"; sizes: "10MiB".
 * Structs    begin with struct_size and only ever grow at the end. Start from their …_INIT.
 * Blocking   what may take long takes a freshet_call_options: a cancel, a time limit, who hears of it.
 * Threads    every function may be called from any thread; where one object is not for several at the same
 *            time, its header says so. Callbacks come on the library's threads, never under a lock.
 * fork()     a child process that was forked after its parent used freshet gets FRESHET_E_MISUSE from
 *            everything; freshet is whole again after exec().
 * Manners    nothing throws, aborts, prints, raises a signal, or changes the state of the process. */
#ifndef FRESHET_FRESHET_H
#define FRESHET_FRESHET_H

#include <freshet/backup.h>
#include <freshet/call.h>
#include <freshet/config.h>
#include <freshet/document.h>
#include <freshet/embed.h>
#include <freshet/error.h>
#include <freshet/events.h>
#include <freshet/log.h>
#include <freshet/exclusion.h>
#include <freshet/explain.h>
#include <freshet/namespaces.h>
#include <freshet/plugins.h>
#include <freshet/policy.h>
#include <freshet/query.h>
#include <freshet/reader.h>
#include <freshet/refresh.h>
#include <freshet/repository.h>
#include <freshet/runs.h>
#include <freshet/service.h>
#include <freshet/shards.h>
#include <freshet/store.h>
#include <freshet/trigger.h>
#include <freshet/version.h>

#endif
