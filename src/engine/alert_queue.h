/* alert_queue.h - finished alerts on their way from the event thread to the
 * output thread.
 *
 * One producer, one consumer, no lock.  Records lie back to back in chunks; a
 * chunk that was read goes back to the producer, so that a queue which keeps up
 * lives in one or two chunks, and memory follows the backlog up to a limit.
 *
 * The consumer is woken by a system call only from deep sleep, or when a good
 * deal has piled up: after a small batch it naps for some milliseconds first, so
 * that a steady stream of alerts costs a wake-up a nap, not one an alert.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "script/output_api.h"

struct alert_queue;

struct alert_queue_options {
	uint64_t max_alerts;    /* 0: no limit but bytes */
	uint64_t max_bytes;     /* of all chunks; 0: 16 MiB */
	bool wait;              /* full: the producer waits (replay), else the alert is dropped */
};

struct alert_queue *alert_queue_new(const struct alert_queue_options *o);
/* Nobody else uses it any more. */
void alert_queue_free(struct alert_queue *q);

/* Copies the alert.  False: full or closed, counted.  A waiting queue refuses only when closed.
 * [producer] */
bool alert_queue_put(struct alert_queue *q, const struct saker_alert *a, uint32_t rule_len);
/* No more alerts are taken; a waiting producer gives up.  [either side] */
void alert_queue_close(struct alert_queue *q);

/* Fills out[0..max), whose texts are good until the next call, each followed by a newline.
 * 0: none within timeout_ms, or woken by alert_queue_poke(); -1: closed and all read.  [consumer] */
int alert_queue_get(struct alert_queue *q, struct saker_alert *out, uint32_t max, uint32_t timeout_ms);
/* Ends the consumer's sleep.  [any thread, signal handlers] */
void alert_queue_poke(struct alert_queue *q);

struct alert_queue_stats { uint64_t put, taken, dropped, waits, wakeups; };
/* [any thread] */
void alert_queue_stats(const struct alert_queue *q, struct alert_queue_stats *out);
