/**
 * Reads tar archives, as bytes: v7, ustar, GNU and pax, with sparse files and extended attributes.
 *
 * <p>A reader of our own, because names and attribute values are bytes and the common libraries decode pax records as
 * UTF-8, which destroys {@code security.capability} and every name that is not UTF-8. It knows the format and nothing
 * else: no file system, no policy beyond what makes an archive malformed.
 *
 * @see <a href="https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html">POSIX pax</a>
 * @see <a href="https://www.gnu.org/software/tar/manual/html_section/Formats.html">GNU tar: archive formats</a>
 */
@org.jspecify.annotations.NullMarked
package org.jvz.templates.tar;
