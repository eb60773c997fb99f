#include "notify/mail.h"

#include "base/digest.h"
#include "notify/limits.h"
#include "notify/owner.h"

namespace setpoint::notify {

using base::ErrorCode;
using base::fail;

namespace {

constexpr std::size_t kQuotedLineChars = 76;
constexpr std::size_t kEncodedWordBytes = 42;  // 56 characters of base64 and 12 around them: under 75

std::string without_controls(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

bool is_plain(std::string_view text) {
  bool ascii = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
  return ascii && text.size() <= 60 && text.find("=?") == std::string_view::npos;
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// At most `bytes`, cut between characters.
std::string_view front_of(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 1 && continues_character(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

bool needs_quoting(char c, bool last) {
  auto byte = static_cast<unsigned char>(c);
  return byte == '=' || byte > 0x7e || (byte < 0x20 && byte != '\t') || (last && (c == ' ' || c == '\t'));
}

void append_quoted_line(std::string& out, std::string_view line) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    bool quote = needs_quoting(line[i], i + 1 == line.size());
    std::size_t width = quote ? 3 : 1;
    if (used + width > kQuotedLineChars - 1) {
      out += "=\r\n";
      used = 0;
    }
    out += quote ? fmt::format("={:02X}", static_cast<unsigned char>(line[i])) : std::string(1, line[i]);
    used += width;
  }
  out += "\r\n";
}

bool is_loopback(std::string_view url) {
  std::size_t begin = url.find("://");
  std::string_view host = begin == std::string_view::npos ? url : url.substr(begin + 3);
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

}  // namespace

std::string encoded_header(std::string_view value) {
  std::string text = without_controls(value);
  if (is_plain(text)) return text;
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view part = front_of(rest, kEncodedWordBytes);
    if (!out.empty()) out += "\r\n ";
    out += "=?utf-8?B?" + base::to_base64(part) + "?=";
    rest.remove_prefix(part.size());
  }
  return out;
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    append_quoted_line(out, line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string mail_date(base::Timestamp time) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  using namespace std::chrono;
  auto point = sys_time<milliseconds>(milliseconds(time.ms));
  auto day = floor<days>(point);
  year_month_day date(day);
  hh_mm_ss<milliseconds> clock(point - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[weekday(day).c_encoding()],
                     unsigned(date.day()), kMonths[unsigned(date.month()) - 1], static_cast<int>(date.year()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string mail_text(const Delivery& delivery, const std::string& from) {
  std::string domain = from.substr(from.find('@') + 1);
  std::string out;
  out += "From: Setpoint <" + from + ">\r\n";
  out += "To: <" + delivery.to + ">\r\n";
  out += "Subject: " + encoded_header(delivery.message.subject) + "\r\n";
  out += "Date: " + mail_date(delivery.created) + "\r\n";
  out += "Message-ID: <" + without_controls(delivery.id) + "@" + domain + ">\r\n";
  out += "Auto-Submitted: auto-generated\r\n";
  out += "MIME-Version: 1.0\r\n";
  out += "Content-Type: text/plain; charset=utf-8\r\n";
  out += "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
  return out + quoted_printable(delivery.message.text);
}

void Mail::set_login(CurlSession& session) const {
  bool secret_leaves = !settings_.username.empty() && !is_loopback(settings_.url);
  bool tls = settings_.require_tls || secret_leaves;
  curl_easy_setopt(session.handle(), CURLOPT_USE_SSL, static_cast<long>(tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  if (settings_.username.empty()) return;
  curl_easy_setopt(session.handle(), CURLOPT_USERNAME, settings_.username.c_str());
  curl_easy_setopt(session.handle(), CURLOPT_PASSWORD, settings_.password.c_str());
}

base::Result<Receipt> Mail::deliver(const Delivery& delivery, base::Timestamp) {
  if (mailbox_of(settings_.from) != settings_.from || settings_.from.empty()) {
    return fail(ErrorCode::invalid_input, "the sender '{}' is not a mailbox", settings_.from);
  }
  if (mailbox_of(delivery.to) != delivery.to || delivery.to.empty()) {
    return fail(ErrorCode::invalid_input, "'{}' is not a mailbox", delivery.to);
  }
  std::string text = mail_text(delivery, settings_.from);
  std::string sender = "<" + settings_.from + ">";
  CurlSession session(settings_.url, "smtp,smtps", settings_.timeouts);
  curl_easy_setopt(session.handle(), CURLOPT_MAIL_FROM, sender.c_str());
  session.add_recipient("<" + delivery.to + ">");
  set_login(session);
  session.send_body(text);
  base::Status sent = session.run();
  if (sent) return Receipt{session.last_line()};
  base::Error error = std::move(sent).error();
  bool for_good = session.refusal().starts_with("5") && error.code == ErrorCode::unavailable;
  if (for_good) error.code = ErrorCode::refused;
  if (!session.refusal().empty()) error.message += ": " + session.refusal();
  return fail(std::move(error));
}

}  // namespace setpoint::notify
