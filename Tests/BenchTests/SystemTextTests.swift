import Testing

@testable import Bench

/// What is read from files of /proc.
@Suite struct SystemTextTests {
    @Test func kernelMemory() {
        let text =
            "MemTotal: 100 kB\nSlab:  7000 kB\nSReclaimable: 5 kB\nSUnreclaim:  2000 kB\nVmallocUsed: 300 kB\nPercpu: 4 kB\n"
        #expect(KernelMemory(meminfo: text)?.bytes == 2304 * 1024)
        #expect(KernelMemory(meminfo: "Slab: 1 kB\n") == nil)
    }

    @Test("Growth below a mebibyte, or none, is not told")
    func growth() {
        func memory(_ bytes: Int) -> KernelMemory? {
            KernelMemory(meminfo: "SUnreclaim: \(bytes / 1024) kB\nVmallocUsed: 0 kB\nPercpu: 0 kB\n")
        }
        #expect(KernelMemory.growth(from: memory(0), to: memory(5 << 20)) == 5 << 20)
        #expect(KernelMemory.growth(from: memory(0), to: memory(1 << 19)) == nil)
        #expect(KernelMemory.growth(from: memory(5 << 20), to: memory(0)) == nil)
        #expect(KernelMemory.growth(from: nil, to: memory(5 << 20)) == nil)
    }

    @Test func processMemory() {
        let memory = ProcessMemory(status: "Name:\tviaduct\nVmHWM:\t   2048 kB\nVmRSS:\t   1024 kB\n")
        #expect(memory?.peak == 2 << 20 && memory?.resident == 1 << 20)
        #expect(ProcessMemory(status: "Name:\tkthread\n") == nil)
    }

    @Test("The name of a program may look like fields")
    func processTimes() {
        let stat = "17 (a ) b (1 2) S 1 17 17 0 -1 4194560 100 0 0 0 250 50 30 20 20 0 1 0"
        let times = ProcessTimes(stat: stat, ticks: 100)
        #expect(times?.user == 2.8 && times?.system == 0.7)
        #expect(ProcessTimes(stat: "17 (x) S 1", ticks: 100) == nil)
        #expect(ProcessTimes(stat: "", ticks: 100) == nil)
    }

    @Test(
        arguments: [
            ("QEMU TCG CPU version 2.5+", "QEMU", true), ("QEMU Virtual CPU version 2.5+", "QEMU", true),
            ("Intel(R) Xeon(R) Processor", "QEMU", false), ("AMD EPYC", "Dell Inc.", false),
        ])
    func emulation(processor: String, vendor: String, isEmulated: Bool) {
        let cpuinfo = "processor\t: 0\nmodel name\t: \(processor)\nprocessor\t: 1\nmodel name\t: \(processor)\n"
        let machine = MachineDescription(
            kernel: "Linux 6.1", cpuinfo: cpuinfo, meminfo: "MemTotal:  2000 kB\n", vendor: vendor, versions: [:])
        #expect(machine.isEmulated == isEmulated)
        #expect(machine.processor == processor && machine.cores == 2 && machine.memory == 2_048_000)
    }
}
