#include "runbook/sandbox/seccomp_filter.h"

#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "runbook/sandbox/descriptor.h"

namespace setpoint::runbook {

using base::ErrorCode;
using base::fail;
using base::Result;
using base::Status;

namespace {

struct Release {
  void operator()(void* context) const { seccomp_release(context); }
};
using Context = std::unique_ptr<void, Release>;

constexpr std::array kRefused = {SCMP_SYS(unshare),
                                 SCMP_SYS(setns),
                                 SCMP_SYS(mount),
                                 SCMP_SYS(umount2),
                                 SCMP_SYS(pivot_root),
                                 SCMP_SYS(chroot),
                                 SCMP_SYS(ptrace),
                                 SCMP_SYS(process_vm_readv),
                                 SCMP_SYS(process_vm_writev),
                                 SCMP_SYS(bpf),
                                 SCMP_SYS(perf_event_open),
                                 SCMP_SYS(userfaultfd),
                                 SCMP_SYS(keyctl),
                                 SCMP_SYS(add_key),
                                 SCMP_SYS(request_key),
                                 SCMP_SYS(io_uring_setup),
                                 SCMP_SYS(io_uring_enter),
                                 SCMP_SYS(io_uring_register),
                                 SCMP_SYS(open_by_handle_at),
                                 SCMP_SYS(name_to_handle_at),
                                 SCMP_SYS(init_module),
                                 SCMP_SYS(finit_module),
                                 SCMP_SYS(delete_module),
                                 SCMP_SYS(kexec_load),
                                 SCMP_SYS(kexec_file_load),
                                 SCMP_SYS(reboot),
                                 SCMP_SYS(swapon),
                                 SCMP_SYS(swapoff),
                                 SCMP_SYS(acct),
                                 SCMP_SYS(quotactl),
                                 SCMP_SYS(syslog),
                                 SCMP_SYS(settimeofday),
                                 SCMP_SYS(clock_settime),
                                 SCMP_SYS(fsopen),
                                 SCMP_SYS(fsmount),
                                 SCMP_SYS(fsconfig),
                                 SCMP_SYS(move_mount),
                                 SCMP_SYS(open_tree),
                                 SCMP_SYS(mount_setattr)};

constexpr std::array<std::uint64_t, 7> kNamespaceFlags = {CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWPID,   CLONE_NEWNET,
                                                          CLONE_NEWIPC,  CLONE_NEWUTS, CLONE_NEWCGROUP};

constexpr int kForeignFamilies[] = {AF_UNSPEC, AF_AX25, AF_IPX, AF_APPLETALK, AF_NETROM, AF_BRIDGE, AF_ATMPVC, AF_X25};

bool refuse(scmp_filter_ctx context, int call, int error) {
  return seccomp_rule_add(context, SCMP_ACT_ERRNO(static_cast<unsigned>(error)), call, 0) == 0;
}

bool refuse_where(scmp_filter_ctx context, int call, int error, const scmp_arg_cmp& argument) {
  return seccomp_rule_add_array(context, SCMP_ACT_ERRNO(static_cast<unsigned>(error)), call, 1, &argument) == 0;
}

bool add_rules(scmp_filter_ctx context) {
  bool good = refuse(context, SCMP_SYS(clone3), ENOSYS);
  for (int call : kRefused) good = refuse(context, call, EPERM) && good;
  for (std::uint64_t flag : kNamespaceFlags) {
    good = refuse_where(context, SCMP_SYS(clone), EPERM, {0, SCMP_CMP_MASKED_EQ, flag, flag}) && good;
  }
  // Virtual-machine sockets and kernel crypto are in no namespace.
  good = refuse_where(context, SCMP_SYS(socket), EAFNOSUPPORT, {0, SCMP_CMP_GT, AF_INET6, 0}) && good;
  for (int family : kForeignFamilies) {
    good =
        refuse_where(context, SCMP_SYS(socket), EAFNOSUPPORT, {0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(family), 0}) &&
        good;
  }
  return good;
}

}  // namespace

Result<std::string> seccomp_program() {
  Context context(seccomp_init(SCMP_ACT_ALLOW));
  if (!context || !add_rules(context.get()))
    return fail(ErrorCode::unsupported, "libseccomp could not build the scripts' filter");
  Descriptor file(memfd_create("seccomp", MFD_CLOEXEC));
  if (!file || seccomp_export_bpf(context.get(), file.get()) != 0)
    return fail(ErrorCode::unsupported, "libseccomp could not export the scripts' filter");
  std::string program(static_cast<std::size_t>(lseek(file.get(), 0, SEEK_END)), '\0');
  if (pread(file.get(), program.data(), program.size(), 0) != static_cast<ssize_t>(program.size())) {
    return fail(ErrorCode::unsupported, "the scripts' filter could not be read back");
  }
  return program;
}

}  // namespace setpoint::runbook
