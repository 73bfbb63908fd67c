#include "base/ip_address.h"

#include <gtest/gtest.h>

#include <random>

namespace appnet::base {
namespace {

constexpr Value kMax6 = ~Value{0};

TEST(IpAddress, ReadsAndWrites) {
  for (const char* text : {"0.0.0.0", "10.20.0.7", "255.255.255.255", "::", "::1", "fe80::1",
                           "2001:db8::8:0:0:1", "ff02::fb", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}) {
    const auto address = ParseAddress(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(FormatAddress(*address), text);
  }
  EXPECT_EQ(ParseAddress("10.0.0.1")->value, Value{0x0A000001});
  EXPECT_EQ(ParseAddress("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")->value, kMax6);
  EXPECT_EQ(ParseAddress("::ffff:1.2.3.4")->family, Family::kIpv6);
  EXPECT_EQ(ParseAddress("::ffff:1.2.3.4")->value, (Value{0xFFFF} << 32U) + 0x01020304);
}

TEST(IpAddress, RefusesWhatIsNone) {
  for (const char* text :
       {"", "10", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1.", " 10.0.0.1", "10.0.0.1 ", "1.2.3.4.5",
        "::1%lo", "12345::", ":::", "1::2::3", "g::", "10.0.0.1/8"}) {
    EXPECT_FALSE(ParseAddress(text)) << text;
  }
  EXPECT_FALSE(ParseAddress(std::string_view("10.0.0.1\0", 9)));
  EXPECT_FALSE(ParseAddress(std::string(100000, '1')));
}

TEST(IpAddress, FindsThePrefixOfANetwork) {
  EXPECT_EQ(PrefixOf(Family::kIpv4, {0, MaxAddress(Family::kIpv4)}), 0);
  EXPECT_EQ(PrefixOf(Family::kIpv6, {0, kMax6}), 0);
  EXPECT_EQ(PrefixOf(Family::kIpv6, {kMax6, kMax6}), 128);
  EXPECT_EQ(PrefixOf(Family::kIpv4, {0x0A000000, 0x0AFFFFFF}), 8);
  EXPECT_EQ(PrefixOf(Family::kIpv4, {1, 2}), std::nullopt);
  EXPECT_EQ(PrefixOf(Family::kIpv4, {1, 4}), std::nullopt);
}

TEST(IpAddress, SplitsIntoPrefixes) {
  EXPECT_EQ(SplitIntoPrefixes(Family::kIpv6, {0, kMax6}).size(), 1U);
  EXPECT_EQ(SplitIntoPrefixes(Family::kIpv6, {1, kMax6}).size(), 128U);
  EXPECT_EQ(SplitIntoPrefixes(Family::kIpv6, {0, kMax6 - 1}).size(), 128U);
  EXPECT_EQ(SplitIntoPrefixes(Family::kIpv6, {1, kMax6 - 1}).size(), 254U);
  EXPECT_EQ(SplitIntoPrefixes(Family::kIpv4, {0, MaxAddress(Family::kIpv4)}).size(), 1U);
}

TEST(IpAddress, SplitsExactly) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 500; ++round) {
    const Value bound = round % 2 == 0 ? MaxAddress(Family::kIpv4) : kMax6;
    const Family family = round % 2 == 0 ? Family::kIpv4 : Family::kIpv6;
    Value low = (Value{random()} << 64U | random()) & bound;
    Value high = (Value{random()} << 64U | random()) & bound;
    if (low > high) std::swap(low, high);
    const std::vector<Interval> parts = SplitIntoPrefixes(family, {low, high});
    Value next = low;
    for (const Interval& part : parts) {
      EXPECT_EQ(part.low, next);
      EXPECT_TRUE(PrefixOf(family, part));
      next = part.high + 1;
    }
    EXPECT_EQ(parts.back().high, high);
  }
}

TEST(IpAddress, WritesRanges) {
  EXPECT_EQ(FormatAddressRange(Family::kIpv4, {0x0A000001, 0x0A000001}), "10.0.0.1");
  EXPECT_EQ(FormatAddressRange(Family::kIpv4, {0x0A000000, 0x0AFFFFFF}), "10.0.0.0/8");
  EXPECT_EQ(FormatAddressRange(Family::kIpv4, {0x0A000001, 0x0A000009}), "10.0.0.1-10.0.0.9");
  EXPECT_EQ(FormatAddressRange(Family::kIpv6, {0, kMax6}), "::/0");
}

}  // namespace
}  // namespace appnet::base
