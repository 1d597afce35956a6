/* freshet/service.h - keeping sources fresh for as long as the process lives, by their schedules.
 *
 * A service lists each source of its configuration when its "schedule" says so, and refreshes each root when
 * it is due, in runs of one source. It sleeps in between; a trigger that another process wrote wakes it
 * within a second. A source never runs beside itself. What has to outlive the process is in the
 * repository: one that was killed goes on where it was.
 *
 *     freshet_service *service = NULL;
 *     freshet_service_open(repository, config, &service, &error);
 *     freshet_service_start(service, &error);
 *     ...
 *     freshet_service_stop(service, 10000, &error);
 *     freshet_service_free(service);
 *
 * The configuration is that of a run (refresh.h) without what is said of one run only ("force", "dry_run",
 * "accept_shrink", "rebuild", "only"). Each source needs a "schedule", a duration such as "6h" or
 * {"every":"6h","cron":"0 6 * * 1-5","zone":"Europe/Berlin"}, or else "list_every" or a policy with a TTL.
 * "service" {"workers","jitter","rest"} is for all of them. docs/service.md has the rest. With "listen" in it
 * a service answers operators over HTTP from its start to its stop: docs/operations.md.
 *
 * Threads:   any thread, also several at the same time. The service has one thread, and one each run.
 * Ownership: a service is the caller's until freshet_service_free(), which stops it and waits. It keeps the
 *            repository open. */
#ifndef FRESHET_SERVICE_H
#define FRESHET_SERVICE_H

#include <freshet/events.h>
#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

typedef struct freshet_service freshet_service;

/** Reads and checks a configuration; nothing runs yet. Opens what reads and chunks, once, to check it.
 * @param config_json  copied
 * @retval FRESHET_E_INVALID_ARGUMENT  it is wrong: the subject is the path of what is
 * @retval FRESHET_E_MISUSE            @p repository is open for reading only
 * @since 0.1 */
FRESHET_API freshet_status freshet_service_open(freshet_repository *repository, const char *config_json,
                                                freshet_service **out_service,
                                                freshet_error **out_error) FRESHET_NOEXCEPT;

/** Begins, and returns at once; also again after it was stopped.
 * @retval FRESHET_E_BUSY    it runs already, or has not stopped yet
 * @retval FRESHET_E_DENIED  a secret of what listens cannot be read
 * @retval FRESHET_E_IO      the address that it is to listen on cannot be had
 * @since 0.1 */
FRESHET_API freshet_status freshet_service_start(freshet_service *service,
                                                 freshet_error **out_error) FRESHET_NOEXCEPT;

/** Begins nothing more, cancels the runs that are under way, and waits for their end. What is committed
 * stays. Does nothing where it does not run.
 * @param timeout_ms  the longest to wait; less than 0: without limit
 * @retval FRESHET_E_TIMEOUT  a run goes on. It was told to end; stopping again waits for it again
 * @retval FRESHET_E_MISUSE   called from a callback of a run of its own
 * @since 0.1 */
FRESHET_API freshet_status freshet_service_stop(freshet_service *service, int64_t timeout_ms,
                                                freshet_error **out_error) FRESHET_NOEXCEPT;

/** Asks for a run of a source with a listing, as soon as a worker is free; one that is under way is
 * followed by another. For single roots there is trigger.h. Not kept past the end of the process.
 * @param source  its name; NULL: all of them
 * @retval FRESHET_E_NOT_FOUND  no source has the name
 * @since 0.1 */
FRESHET_API freshet_status freshet_service_trigger(freshet_service *service, const char *source,
                                                   freshet_error **out_error) FRESHET_NOEXCEPT;

/** Puts another configuration in the place of the present one. Runs that are under way end as they
 * began. On failure the present one goes on.
 * @param config_json  copied
 * @retval FRESHET_E_INVALID_ARGUMENT  it is wrong: the subject is the path of what is
 * @since 0.1 */
FRESHET_API freshet_status freshet_service_reload(freshet_service *service, const char *config_json,
                                                  freshet_error **out_error) FRESHET_NOEXCEPT;

/** What it does and has done since it was opened, one JSON object: "running", "under_way", "waiting",
 * "next_due", "runs" with durations, lag and counts by outcome, the queues, and the same for each of the
 * "sources" (docs/service.md). What cannot be divided is null.
 * @param out_json  the caller's: freshet_string_free()
 * @since 0.1 */
FRESHET_API freshet_status freshet_service_statistics(const freshet_service *service, char **out_json,
                                                      freshet_error **out_error) FRESHET_NOEXCEPT;

/** Waits for the next event of any of its runs. RUN_STARTED and RUN_ENDED stand for one run of the source
 * that they name ("": of none, for the delivery of pending rows), with the reason, and at its end with a
 * message that sums it up. After it has stopped, and all are read, it answers FRESHET_EVENT_NONE.
 * Events that nobody reads are dropped, as those of a run are. One thread at a time.
 * @param timeout_ms  0: do not wait; less than 0: without limit
 * @param out_event   texts are borrowed from @p service until its events are polled again, or it is freed
 * @retval FRESHET_E_TIMEOUT  nothing happened in that time
 * @retval FRESHET_E_MISUSE   another thread is polling
 * @since 0.1 */
FRESHET_API freshet_status freshet_service_next_event(freshet_service *service, int64_t timeout_ms,
                                                      freshet_event *out_event,
                                                      freshet_error **out_error) FRESHET_NOEXCEPT;

/** Stops @p service, waits for it (not where it is called from a callback of its own run), and frees it.
 * Never fails; NULL, freed and foreign handles are ignored. @since 0.1 */
FRESHET_API void freshet_service_free(freshet_service *service) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif
