package org.jvz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.jvz.runtime.ve.VeEvent;
import org.jvz.runtime.ve.VeEvent.Kind;

/** The literals of sections 2.1 to 2.8 of vzctl's contract. */
class WordsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            CREATING_PRIVATE   | debian-12  |    | Creating container private area (debian-12)
            POSTCREATE         |            |    | Performing postcreate actions
            CONFIG_SAVED       | /etc/vz/conf/101.conf | | CT configuration saved to /etc/vz/conf/101.conf
            PRIVATE_CREATED    |            |    | Container private area was created
            NAME_ASSIGNED      | web        |    | Name web assigned
            STARTING           |            |    | Starting container...
            MOUNTED            |            |    | Container is mounted
            UNMOUNTED          |            |    | Container is unmounted
            ADDING_IPS         | 10.0.0.1 10.0.0.2 | | Adding IP address(es): 10.0.0.1 10.0.0.2
            CPU_LIMIT          | 25         |    | Setting CPU limit: 25
            CPU_UNITS          | 1000       |    | Setting CPU units: 1000
            CPUS               | 2          |    | Setting CPUs: 2
            CONFIGURING_VETH   | veth101.0  |    | Configure veth devices: veth101.0
            DELETING_VETH      | veth101.0  |    | Deleting veth devices: veth101.0
            START_IN_PROGRESS  |            |    | Container start in progress...
            START_WAITING      |            |    | Container start in progress, waiting ...
            STARTED            |            |    | Container started successfully
            STOPPING           |            |    | Stopping container ...
            KILLING            |            |    | Killing container ...
            STOPPED            |            |    | Container was stopped
            RESTARTING         |            |    | Restarting container
            DESTROYING_PRIVATE | /vz/private/101 | | Destroying container private area: /vz/private/101
            PRIVATE_DESTROYED  |            |    | Container private area was destroyed
            ENTERED            | 101        |    | entered into CT 101
            EXITED             | 101        |    | exited from CT 101
            ATTACHED           | 101        |    | Attached to CT 101 (ESC . to detach)
            DETACHED           | 101        |    | Detached from CT 101
            GOT_SIGNAL         | 9          |    | Got signal 9
            LOCKED_BY          | 77         | vzctl start 101 | Locked by: pid 77, cmdline vzctl start 101
            ALREADY_LOCKED     |            |    | Container already locked
            ALREADY_MOUNTED    |            |    | Container is already mounted
            STOP_NOT_RUNNING   |            |    | Unable to stop: container is not running
            ALREADY_RUNNING    |            |    | Container is already running
            START_IS_DISABLED  |            |    | Container start disabled
            PRIVATE_MISSING    | /vz/private/101 | | Container private area /vz/private/101 does not exist
            UBC_NOT_SET        | numproc    |    | Error: required UB parameter numproc not set
            CANT_STOP          |            |    | Unable to stop container
            CANT_STOP          | timeout    |    | Unable to stop container: operation timed out
            DESTROY_RUNNING    |            |    | Container is currently running. Stop it first.
            DESTROY_MOUNTED    |            |    | Container is currently mounted (umount first)
            NOT_MOUNTED        |            |    | CT is not mounted
            UMOUNT_RUNNING     |            |    | Container is running -- stop it first
            NOT_RUNNING        |            |    | Container is not running
            QUOTA_DISABLED     |            |    | Disk quota is not enabled, skipping operation
            CHECKPOINTING      |            |    | Setting up checkpoint...
            SUSPENDING         |            |    | '	suspend...'
            RESUMING           |            |    | Resuming...
            KILLING_SUSPENDED  |            |    | Killing...
            RESTORING          |            |    | Restoring container ...
            CANT_CHECKPOINT_STOPPED |       |    | 'Unable to setup checkpointing: container is not running'
            CANT_RESTORE_RUNNING |          |    | 'Unable to perform restore: container already running'
            DUMP_FILE_FOUND    | /vz/dump/Dump.101 | | 'Dump file /vz/dump/Dump.101 exists, trying to restore from it'
            NO_VE_CONFIG       |            |    | Container config file does not exist
            SAMPLE_NOT_FOUND   | /etc/vz/conf/ve-x.conf-sample | | Sample config /etc/vz/conf/ve-x.conf-sample not found
            PRIVATE_EXISTS     | /vz/private/101 | | Private area already exists in /vz/private/101
            NO_OSTEMPLATE      |            |    | OS template is not specified
            OSTEMPLATE_NOT_FOUND | /vz/template/cache/x | | 'Cached OS template /vz/template/cache/x.tar[.gz|.bz2|.xz] not found'
            NAME_NOT_FOUND     | web        |    | Unable to find container by name web
            NAME_CONFLICT      | web        | 102 | Conflict: name web already used by container 102
            """)
    void saysWhatOtherProgramsMatch(Kind kind, String first, String second, String words) {
        VeEvent event = second != null
                ? VeEvent.of(kind, first, second)
                : first != null ? VeEvent.of(kind, first) : VeEvent.of(kind);
        assertThat(Words.of(event)).isEqualTo(words);
    }

    @ParameterizedTest
    @EnumSource
    void everyEventHasWords(Kind kind) {
        String words = Words.of(VeEvent.of(kind, "one", "two"));
        assertThat(words).isNotBlank().doesNotContain("\n");
        assertThat(Words.level(kind)).isBetween(-1, 1);
    }

    @Test
    void whatGoesToStderr() {
        Set<Kind> stderr = EnumSet.noneOf(Kind.class);
        for (Kind kind : Kind.values()) {
            if (Words.level(kind) < 0) {
                stderr.add(kind);
            }
        }
        assertThat(stderr)
                .contains(Kind.ALREADY_RUNNING, Kind.STOP_NOT_RUNNING, Kind.ALREADY_MOUNTED, Kind.NOT_MOUNTED)
                .contains(Kind.NO_VE_CONFIG, Kind.LOCKED_BY, Kind.ALREADY_LOCKED, Kind.NOT_RUNNING)
                .doesNotContain(Kind.DESTROY_RUNNING, Kind.DESTROY_MOUNTED, Kind.WARNING, Kind.STOPPED);
    }
}
