// EpochLogTests - one record in three forms, and back from the form that is read.
// SPDX-License-Identifier: Apache-2.0

import LMPTSupport
import Testing

@testable import LMPTTuning

@Suite struct EpochLogTests {
  private let epoch = EpochRecord(
    epoch: 3, losses: LossParts(cls: 0.5, cse: 0.25, total: 0.75), learningRate: 5e-4,
    validation: nil, test: 0.5, seconds: 2,
    byGroup: GroupFigures(test: [.tail: 0.125], activeMargins: [.head: 0.25]))

  @Test func `the three forms of an epoch have the same figures`() {
    #expect(
      EpochLog.csvHeader
        == "epoch,loss,cls,cse,lr,val_map,test_map,seconds,val_head,val_medium,val_tail,"
        + "test_head,test_medium,test_tail,active_head,active_medium,active_tail\n")
    #expect(EpochLog.csvLine(epoch) == "3,0.75,0.5,0.25,0.0005,,0.5,2.0,,,,,,0.125,0.25,,\n")
    #expect(
      EpochLog.jsonLine(epoch)
        == "{\"epoch\":3,\"loss\":0.75,\"cls\":0.5,\"cse\":0.25,\"lr\":0.0005,"
        + "\"test_map\":0.5,\"seconds\":2.0,\"test_tail\":0.125,\"active_head\":0.25}\n")
    let expected = EventFile.scalars(
      [
        ("loss/total", 0.75), ("loss/cls", 0.5), ("loss/cse", 0.25), ("lr", 5e-4),
        ("map/test", 0.5), ("time/seconds", 2), ("map_test/tail", 0.125),
        ("active_margins/head", 0.25),
      ], step: 3, wallTime: 9)
    #expect(EpochLog.events(epoch, wallTime: 9) == expected)
  }

  @Test func `what is read is what was written`() throws {
    let folder = try TemporaryFolder()
    var held = epoch
    (held.validation, held.byGroup.validation) = (0.75, [.medium: 0.625])
    let path = try folder.write("events.jsonl", EpochLog.jsonLine(epoch) + EpochLog.jsonLine(held))
    #expect(try EpochLog.read(path) == [epoch, held])
  }

  @Test(arguments: ["1e300", "-1e300", "9223372036854775808", "1.5", "\"1\"", "null", "[]"])
  func `an epoch that is no whole number is refused`(epoch: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "events.jsonl",
      #"{"epoch":\#(epoch),"loss":1,"cls":1,"cse":0,"lr":1,"test_map":0.5,"seconds":2}"#)
    #expect(errorCode { _ = try EpochLog.read(path) } == "run.not-a-run", "\(epoch)")
  }

  @Test func `every figure of an epoch is written under its own name`() {
    let epoch = EpochRecord(
      epoch: 1, losses: LossParts(cls: 3, cse: 4, total: 2), learningRate: 5, validation: 6,
      test: 7,
      seconds: 8,
      byGroup: GroupFigures(
        validation: [.head: 9, .medium: 10, .tail: 11], test: [.head: 12, .medium: 13, .tail: 14],
        activeMargins: [.head: 15, .medium: 16, .tail: 17]))
    #expect(
      EpochLog.csvLine(epoch)
        == (["1"] + (2...17).map { "\($0).0" }).joined(separator: ",") + "\n")
    #expect(
      EpochLog.events(epoch, wallTime: 9)
        == EventFile.scalars(
          [
            ("loss/total", 2), ("loss/cls", 3), ("loss/cse", 4), ("lr", 5), ("map/validation", 6),
            ("map/test", 7), ("time/seconds", 8), ("map_validation/head", 9),
            ("map_validation/medium", 10), ("map_validation/tail", 11), ("map_test/head", 12),
            ("map_test/medium", 13), ("map_test/tail", 14), ("active_margins/head", 15),
            ("active_margins/medium", 16), ("active_margins/tail", 17),
          ], step: 1, wallTime: 9))
  }

  @Test func `a length of 128 takes two bytes`() throws {
    // The entry of a scalar: field 1 with the tag, field 2 with four bytes; 2 + 121 + 5 = 128, which
    // protocol buffers write as 80 01.
    let tag = String(repeating: "t", count: 121)
    let record = EventFile.scalars([(tag, 1)], step: 1, wallTime: 1)
    let start: [UInt8] = [0x0A, 0x80, 0x01, 0x0A, 121, UInt8(ascii: "t")]
    #expect(record.firstRange(of: start) != nil)
    #expect(eventRecords(record) == 1)
  }
}
