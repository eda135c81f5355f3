using System.Text;

namespace ProbNet.Cli.Tests;

/// <summary>Output that cannot be written, and faults of ProbNet itself.</summary>
public sealed class FaultTests
{
    private sealed class Failing(Func<Exception> fault) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw fault();

        public override void Write(string? value) => throw fault();
    }

    private static (int ExitCode, string Err) Run(Func<Exception> fault)
    {
        using var place = new Workplace("coin");
        using var error = new StringWriter();
        return (CommandLine.Run(["explain", place.At("coin", "coin.prob"), "--emit", "types"], new Failing(fault), error), error.ToString());
    }

    [Fact]
    public void AReaderThatHasGoneIsNoError() => Assert.Equal((ExitCode.BrokenPipe, ""), Run(() => new IOException("Broken pipe", 32)));

    [Fact]
    public void AFullDiskIsNamed()
    {
        var (exitCode, error) = Run(() => new IOException("No space left on device", 28));
        Assert.Equal(ExitCode.InputOutput, exitCode);
        Assert.Contains("No space left on device", error);
    }

    [Fact]
    public void AFaultIsOneLineThatSaysSo()
    {
        var (exitCode, error) = Run(() => new InvalidOperationException("queue\nempty"));
        Assert.Equal(ExitCode.Bug, exitCode);
        Assert.Equal("error: this is a fault of probnet, not of your program: InvalidOperationException: queue empty\nhint: please report it with what PROBNET_TRACE=1 shows\n", error);
    }
}
