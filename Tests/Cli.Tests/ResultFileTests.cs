using ProbNet.Cli.Output;

namespace ProbNet.Cli.Tests;

/// <summary>Files that commands write, where their places are odd.</summary>
public sealed class ResultFileTests
{
    [Fact]
    public void ADeviceIsWrittenToAndStaysOne()
    {
        if (OperatingSystem.IsWindows()) return;
        ResultFile.Write("/dev/null", [1, 2, 3]);
        Assert.Empty(File.ReadAllBytes("/dev/null"));
    }

    [Fact]
    public void AnEmptyNameIsWrongUsage() => Assert.Equal(ExitCode.Usage, Assert.Throws<CommandFailure>(() => ResultFile.Write("", [1])).ExitCode);

    [Fact]
    public void APlaceBelowAFileCannotBeWrittenAndIsNamedAsItWasAskedFor()
    {
        using var place = new Workplace();
        place.Write("file", "text");
        var failure = Assert.Throws<CommandFailure>(() => ResultFile.Write(place.At("file", "below.pt"), [1]));
        Assert.Equal(ExitCode.Data, failure.ExitCode);
        Assert.StartsWith($"'{place.At("file", "below.pt")}' cannot be written: ", failure.Message);
        Assert.DoesNotContain("/.below.pt.", failure.Message);
        Assert.Equal("text", File.ReadAllText(place.At("file")));
    }

    [Fact]
    public void WhatIsStoppedLeavesTheOldFile()
    {
        using var place = new Workplace();
        place.Write("old", "text");
        Assert.Throws<OperationCanceledException>(() => ResultFile.Write(place.At("old"), aside =>
        {
            File.WriteAllText(aside, "half");
            throw new OperationCanceledException();
        }));
        Assert.Equal(["old"], place.Everything());
        Assert.Equal("text", File.ReadAllText(place.At("old")));
    }
}
