// A message as mail, over SMTP (RFC 5321) by libcurl, composed by RFC 5322 and MIME: UTF-8, quoted-printable, one
// recipient.
//
// Nothing of a message or address can become a header or a second command: addresses are plain mailboxes
// (notify/owner.h), header values lose their control characters, the body is encoded line by line, and libcurl doubles
// leading dots. The Message-ID is made of the delivery's id, so a mail that is sent twice is one for the reader's
// program. smtps:// is TLS from the start; smtp:// changes to TLS where the server offers it, and must where a password
// is sent to another machine or `require_tls` is set. Certificates are verified. A 5xx answer to the recipient or the
// message is refused for good; 4xx and a lost connection are tried again. Threads: thread-safe.
#pragma once

#include "notify/curl_session.h"
#include "notify/notifier.h"

namespace setpoint::notify {

struct MailSettings {
  std::string url;   // smtp://mail.example.org:25, smtps://...
  std::string from;  // a mailbox
  std::string username;
  std::string password;
  bool require_tls = false;
  TransferTimeouts timeouts;
};

class Mail final : public Notifier {
 public:
  explicit Mail(MailSettings settings) : settings_(std::move(settings)) {}
  base::Result<Receipt> deliver(const Delivery& delivery, base::Timestamp now) override;

 private:
  void set_login(CurlSession& session) const;
  MailSettings settings_;
};

// The whole mail, lines by CRLF. `from` and `delivery.to` are mailboxes.
std::string mail_text(const Delivery& delivery, const std::string& from);
std::string encoded_header(std::string_view value);   // RFC 2047 where it is not plain ASCII, folded
std::string quoted_printable(std::string_view text);  // RFC 2045, lines by CRLF
std::string mail_date(base::Timestamp time);          // Sat, 21 Nov 2026 10:00:00 +0000

}  // namespace setpoint::notify
