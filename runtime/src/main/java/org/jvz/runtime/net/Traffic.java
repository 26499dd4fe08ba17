package org.jvz.runtime.net;

/**
 * What a VE exchanged with one class of networks, since it was started.
 *
 * @param trafficClass 1 to 15
 * @param v6 whether by IPv6
 * @param received to the VE
 * @param sent from the VE
 */
public record Traffic(int trafficClass, boolean v6, Count received, Count sent) {
    /**
     * A sum.
     *
     * @param bytes of IP packets with their headers
     */
    public record Count(long packets, long bytes) {
        public static final Count NONE = new Count(0, 0);

        /** Both together. */
        public Count plus(Count other) {
            return new Count(packets + other.packets, bytes + other.bytes);
        }
    }
}
