package dev.jevent.benchmarks.contenders

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.selects.select
import kotlin.system.exitProcess

/**
 * The primitives of the toolkit benchmark that Kotlin's coroutines have: channels and select.
 * `default` runs on `Dispatchers.Default`, `blocking` on the one thread of `runBlocking`; then the
 * names of what is measured, with commas.
 */
fun main(arguments: Array<String>) {
    val names = arguments[1].split(',')
    if (arguments[0] == "default") {
        runBlocking(Dispatchers.Default) { names.forEach { report(it) } }
    } else {
        runBlocking { names.forEach { report(it) } }
    }
}

private suspend fun report(name: String) {
    val nanos = coroutineScope {
        when (name) {
            "channel-handoff" -> pingPong()
            "channel-stream" -> stream(Channel.RENDEZVOUS)
            "queue-stream-1" -> stream(1)
            "queue-stream-100" -> stream(100)
            "select" -> selectOfTwo()
            else -> {
                System.err.println("unknown: $name")
                exitProcess(2)
            }
        }
    }
    println("RESULT $name=$nanos")
}

/** Two coroutines hand one item to and fro. */
private suspend fun CoroutineScope.pingPong(): Double {
    val ping = Channel<Int>()
    val pong = Channel<Int>()
    val partner = launch {
        while (true) {
            pong.send(ping.receive())
        }
    }
    val nanos = nanosPerOperation(1000) { n ->
        for (i in 0 until n) {
            ping.send(i)
            pong.receive()
        }
    }
    partner.cancel()
    return nanos / 2
}

/** One sends, the other receives. */
private suspend fun CoroutineScope.stream(capacity: Int): Double {
    val channel = Channel<Int>(capacity)
    val partner = launch {
        var i = 0
        while (true) {
            channel.send(i++)
        }
    }
    val nanos = nanosPerOperation(1000) { n ->
        for (i in 0 until n) {
            channel.receive()
        }
    }
    partner.cancel()
    return nanos
}

/** One sends into two channels in turn, the other receives from whichever has something. */
private suspend fun CoroutineScope.selectOfTwo(): Double {
    val left = Channel<Int>()
    val right = Channel<Int>()
    val partner = launch {
        var i = 0
        while (true) {
            left.send(i++)
            right.send(i++)
        }
    }
    val nanos = nanosPerOperation(1000) { n ->
        for (i in 0 until n) {
            select<Int> {
                left.onReceive { it }
                right.onReceive { it }
            }
        }
    }
    partner.cancel()
    return nanos
}

/** Rounds as in Rounds.java, for operations that suspend. */
private suspend fun nanosPerOperation(operations: Int, batch: suspend (Int) -> Unit): Double {
    val length = number("BENCH_ROUND_MS", 250) * 1_000_000L
    val warmup = number("BENCH_WARMUP", 8)
    val results = ArrayList<Double>()
    for (i in 0 until warmup + number("BENCH_ROUNDS", 4)) {
        var done = 0L
        var elapsed: Long
        val start = System.nanoTime()
        do {
            batch(operations)
            done += operations
            elapsed = System.nanoTime() - start
        } while (elapsed < length)
        if (i >= warmup) {
            results.add(elapsed.toDouble() / done)
        }
    }
    results.sort()
    return (results[(results.size - 1) / 2] + results[results.size / 2]) / 2
}

private fun number(name: String, otherwise: Int): Int = System.getenv(name)?.toInt() ?: otherwise
