package dev.jevent.util;

/**
 * The program uses not more memory than allowed again.
 *
 * @param memoryUsage in bytes
 * @param maxAllowed in bytes
 * @param maxUsage the last usage above, in bytes
 */
public record MemoryUsageUnderThreshold(long memoryUsage, long maxAllowed, long maxUsage) {}
