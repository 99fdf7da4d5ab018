/**
 * The orchestrator of {@code benchmarks/run}: starts every contender as a process of its own,
 * pinned to a core, collects what they print, and prints one table for each benchmark.
 *
 * <p>{@link dev.jevent.benchmarks.MicroBenchmarks}, {@link
 * dev.jevent.benchmarks.ToolkitBenchmarks}, {@link dev.jevent.benchmarks.ServerBenchmarks}, {@link
 * dev.jevent.benchmarks.NetBenchmarks} and {@link dev.jevent.benchmarks.Slowloris} say what is
 * measured, against whom, and what is aimed at; the rest is machinery. The contenders of the JVM
 * are in {@code contenders}, the others in the folders {@code c}, {@code go} and {@code gevent}.
 */
package dev.jevent.benchmarks;
