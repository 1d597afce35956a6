/* freshet/status.h - the status codes that every fallible function of freshet returns, and that a
 * plugin returns to its host. A code never changes its number; new ones are only added. */
#ifndef FRESHET_STATUS_H
#define FRESHET_STATUS_H

#include <stdint.h>

/** 0 is success; everything else is one of the codes below. Treat an unknown code as a failure. */
typedef int32_t freshet_status;

enum {
  FRESHET_OK = 0,

  /* The caller is at fault: the same call fails again. */
  FRESHET_E_INVALID_ARGUMENT = 1001, /**< A value, an option or a configuration is wrong. */
  FRESHET_E_MISUSE = 1002,      /**< A freed or foreign handle, NULL, use after fork. */
  FRESHET_E_NOT_FOUND = 1003,   /**< What was named does not exist. */
  FRESHET_E_UNSUPPORTED = 1004, /**< This plugin, store or media type cannot do that. */
  FRESHET_E_POLICY_FAILED = 1005, /**< A function of a custom policy failed. */
  FRESHET_E_EXCLUDED = 1006, /**< Somebody decided that this URI stays out: include it first. */

  /* The moment is at fault: the same call may succeed later. */
  FRESHET_E_BUSY = 1101,         /**< Another run or process holds it. */
  FRESHET_E_CANCELLED = 1102,    /**< Somebody asked for it to stop. */
  FRESHET_E_TIMEOUT = 1103,      /**< A time limit passed. */
  FRESHET_E_NETWORK = 1104,      /**< Name, connection or transfer failed. */
  FRESHET_E_RATE_LIMITED = 1105, /**< The server asked for fewer requests. See retry_after_ms. */
  FRESHET_E_REMOTE = 1106,       /**< The server failed (5xx), or answered nonsense. */

  /* The source is at fault: a person has to look. */
  FRESHET_E_DENIED = 1201,  /**< 401, 403, robots.txt, a missing secret, a file or disk without the right. */
  FRESHET_E_BLOCKED = 1202, /**< The address guard refused the connection. */
  FRESHET_E_GONE = 1203,    /**< 404 or 410: the source says that it does not exist. */
  FRESHET_E_LIMIT = 1204,   /**< Larger, deeper or longer than a limit allows. */
  FRESHET_E_PARSE = 1205,   /**< The content could not be read as what it claims to be. */
  FRESHET_E_HELD = 1206,    /**< Withheld to protect data; an operator has to accept it. */

  /* This machine is at fault. */
  FRESHET_E_IO = 1301,            /**< A file or a disk failed. */
  FRESHET_E_FULL = 1302,          /**< The disk, the repository's map, or a file at its limit is full. */
  FRESHET_E_CORRUPT = 1303,       /**< Stored data is damaged. Nothing more is written. */
  FRESHET_E_VERSION = 1304,       /**< Made by a newer or a foreign version. */
  FRESHET_E_PLUGIN = 1305,        /**< A plugin is missing, refused, or broke its contract. */
  FRESHET_E_OUT_OF_MEMORY = 1306, /**< No memory, or no thread could be started. */
  FRESHET_E_INTERNAL = 1399       /**< A defect in freshet: please report it. */
};

#endif
