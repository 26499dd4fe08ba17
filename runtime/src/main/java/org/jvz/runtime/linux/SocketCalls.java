package org.jvz.runtime.linux;

/** System calls on sockets; {@link FileCalls#write} sends on a connected one. */
public interface SocketCalls {

    /**
     * socket(2).
     *
     * @param domain {@code AF_*} of {@code linux/socket.h}
     * @param type {@code SOCK_*}; the descriptor is close-on-exec in any case
     * @param label what messages call the socket
     */
    Fd socket(int domain, int type, int protocol, String label) throws SyscallException;

    /** connect(2) to a {@code struct sockaddr_*} in the kernel's own layout. */
    void connect(Fd socket, byte[] address) throws SyscallException;

    /** sendto(2): one message to a {@code struct sockaddr_*} in the kernel's own layout. */
    void sendTo(Fd socket, byte[] message, byte[] address) throws SyscallException;

    /** setsockopt(2) of an {@code int}. */
    void setSocketOption(Fd socket, int level, int option, int value) throws SyscallException;

    /**
     * Receives one message into {@code into}, waiting for it. Returns the message's true length, which is more than {@code into} holds if
     * the message did not fit; its rest is lost then (recv(2), MSG_TRUNC).
     */
    int receive(Fd socket, byte[] into) throws SyscallException;
}
