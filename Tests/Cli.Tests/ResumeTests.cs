using ProbNet.Inference.Artifacts;

namespace ProbNet.Cli.Tests;

/// <summary>Fits that are stopped and go on, within one process.</summary>
public sealed class ResumeTests
{
    private static readonly string[] Results = [RunFolder.PosteriorFile, RunFolder.MetricsFile, RunFolder.PredictionsFile];

    // Progress is told at each tenth of the run, so the first line comes in its first half.
    private static string[] Fit(Workplace place, string run, params string[] more) => Fit(place, run, 20, more);

    private static string[] Fit(Workplace place, string run, int epochs, params string[] more) =>
        ["fit", place.At("iris", "iris.prob"), "--infer", "flipout", "--set", $"epochs={epochs}", "--set", "earlyStop=15", "--seed", "5", "--out", place.At(run), .. more];

    /// <summary>A fit that is stopped when it first tells its progress.</summary>
    private static Outcome Stopped(params string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var output = new StringWriter();
        using var error = new StoppingWriter("epoch ", stop);
        var exitCode = CommandLine.Run(args, output, error, stop.Token);
        return new(exitCode, output.ToString(), error.ToString());
    }

    private static void AssertSame(Workplace place, string one, string two)
    {
        foreach (var file in Results) Assert.Equal(File.ReadAllBytes(place.At(one, file)), File.ReadAllBytes(place.At(two, file)));
    }

    [Fact]
    public void AStoppedFitGoesOnFromItsFolderAlone()
    {
        using var place = new Workplace("iris");
        Workplace.Run(Fit(place, "alone")).Ended(ExitCode.Ok);
        Stopped(Fit(place, "run")).Ended(ExitCode.Interrupted).Says("stopped after", "probnet fit --resume", place.At("run"));
        Assert.Equal([CheckpointFile.Name], Directory.EnumerateFileSystemEntries(place.At("run")).Select(e => Path.GetFileName(e)));
        foreach (var verb in new[] { "predict", "eval" }) Workplace.Run(verb, place.At("run"), "--data", place.At("iris", "iris.csv")).Ended(ExitCode.Data).Says("has not ended", "--resume");
        // The program is not asked for again, and the data may have moved.
        File.Delete(place.At("iris", "iris.prob"));
        var data = Directory.EnumerateFiles(place.At("iris"), "*.csv").Single();
        File.Move(data, place.At("moved.csv"));
        Workplace.Run("fit", "--resume", place.At("run")).Ended(ExitCode.Data).Says("is not there any more", "--data");
        var name = CheckpointFile.Read(place.At("run")).Info.Data;
        Stopped("fit", "--resume", place.At("run"), "--data", $"{name}={place.At("moved.csv")}").Ended(ExitCode.Interrupted).Says("stopped after");
        Assert.Contains("going on after", Workplace.Run("fit", "--resume", place.At("run"), "--data", $"{name}={place.At("moved.csv")}", "--threads", "2").Ended(ExitCode.Ok).Out);
        AssertSame(place, "alone", "run");
        Assert.Equal(RunFolder.Read(place.At("alone")).Info.Options, RunFolder.Read(place.At("run")).Info.Options);
        Assert.Empty(RunFolder.Verify(place.At("run")));
        Assert.Contains("has ended", Workplace.Run("fit", "--resume", place.At("run")).Ended(ExitCode.Ok).Out);
        Assert.Equal("completed", (string?)Workplace.Run("fit", "--resume", place.At("run"), "--json").Ended(ExitCode.Ok).Json["ended"]);
    }

    [Fact]
    public void WhatIsSetOutsideTheProgramIsKept()
    {
        using var place = new Workplace("coin");
        string[] Words(string run) => ["fit", place.At("coin", "coin.prob"), "--infer", "vi multivariateNormal { steps = 3000 }", "--set", "optimizer=adam 0.03", "--precision", "double", "--draws", "7", "--seed", "-3", "--backend", "reference", "--out", place.At(run)];
        Workplace.Run(Words("alone")).Ended(ExitCode.Ok);
        Stopped(Words("run")).Ended(ExitCode.Interrupted);
        Workplace.Run("fit", "--resume", place.At("run")).Ended(ExitCode.Ok);
        AssertSame(place, "alone", "run");
        var (alone, run) = (RunFolder.Read(place.At("alone")).Info, RunFolder.Read(place.At("run")).Info);
        Assert.Equal((alone.Seed, alone.Draws, alone.Precision, alone.Backend, alone.Infer), (run.Seed, run.Draws, run.Precision, run.Backend, run.Infer));
        Assert.Equal(alone.Options, run.Options);
    }

    [Fact]
    public void APreviousRunStaysUntilTheNewOneHasEnded()
    {
        using var place = new Workplace("iris");
        string[] predict = ["predict", place.At("run"), "--data", place.At("iris", "iris.csv")];
        Workplace.Run(Fit(place, "run", 1)).Ended(ExitCode.Ok);
        var before = Workplace.Run(predict).Ended(ExitCode.Ok).Out;
        Stopped(Fit(place, "run")).Ended(ExitCode.Interrupted);
        Assert.Equal(before, Workplace.Run(predict).Ended(ExitCode.Ok).Out);
        Assert.Empty(RunFolder.Verify(place.At("run")));
        Workplace.Run("fit", "--resume", place.At("run")).Ended(ExitCode.Ok);
        Assert.NotEqual(before, Workplace.Run(predict).Ended(ExitCode.Ok).Out);
        Assert.False(CheckpointFile.Exists(place.At("run")));
        Assert.Equal([place.At("iris"), place.At("run")], Directory.EnumerateFileSystemEntries(place.Folder).Order());
    }

    [Fact]
    public void AFitThatBeginsAnewSaysWhatItReplaces()
    {
        using var place = new Workplace("iris");
        Stopped(Fit(place, "run")).Ended(ExitCode.Interrupted);
        Workplace.Run(Fit(place, "run", 1)).Ended(ExitCode.Ok).Says("holds a fit that was stopped", "begins anew");
        Assert.False(CheckpointFile.Exists(place.At("run")));
    }

    [Fact]
    public void AFitThatIsStoppedBeforeItsFirstStepWritesNothing()
    {
        using var place = new Workplace("iris");
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Workplace.Run(stop.Token, Fit(place, "run")).Ended(ExitCode.Interrupted).Says("nothing was written");
        Assert.False(Directory.Exists(place.At("run")));
    }

    [Fact]
    public void OtherRowsAreRefused()
    {
        using var place = new Workplace("iris");
        Stopped(Fit(place, "run")).Ended(ExitCode.Interrupted);
        var data = Directory.EnumerateFiles(place.At("iris"), "*.csv").Single();
        var lines = File.ReadAllLines(data);
        // One value of one row, wherever the split has put it.
        foreach (var row in new[] { 1, 60, 149 })
        {
            File.WriteAllLines(data, [.. lines[..row], lines[row].Replace('1', '2').Replace('3', '4').Replace('5', '6'), .. lines[(row + 1)..]]);
            Workplace.Run("fit", "--resume", place.At("run")).Ended(ExitCode.Data).Says("does not give the rows that the fit was begun with");
        }
        File.WriteAllLines(data, lines);
        Workplace.Run("fit", "--resume", place.At("run")).Ended(ExitCode.Ok);
    }

    [Fact]
    public void WhatWouldMakeAnotherFitIsRefused()
    {
        using var place = new Workplace("coin");
        foreach (var other in new[] { "--infer=map", "--model=coin", "--set=steps=9", "--backend=cpu", "--seed=0", "--precision=single", "--out=x", "--draws=100", "coin.prob" })
        {
            place.Write(Path.Combine("run", CheckpointFile.Name), "");
            Workplace.Run("fit", "--resume", place.At("run"), other).Ended(ExitCode.Usage).Says("--resume goes on with a fit as it was begun", other.Contains("--") ? other.Split('=')[0] : "a program");
        }
        Workplace.Run("fit").Ended(ExitCode.Usage).Says("'fit' needs FILE", "--resume");
        Workplace.Run("fit", "--resume", place.At("none")).Ended(ExitCode.Data).Says("there is no run folder");
        foreach (var wrong in new[] { "0", "-1", "5x", "1.5", "s", "0s", "1e9h", "" })
            Workplace.Run("fit", "coin.prob", "--checkpoint-every", wrong).Ended(ExitCode.Usage).Says("--checkpoint-every");
    }

    [Fact]
    public void ADamagedCheckpointIsNoStateToGoOnFrom()
    {
        using var place = new Workplace("coin");
        Stopped("fit", place.At("coin", "coin.prob"), "--set", "steps=4000", "--out", place.At("run")).Ended(ExitCode.Interrupted);
        var file = place.At("run", CheckpointFile.Name);
        var bytes = File.ReadAllBytes(file);
        for (var length = 0; length < bytes.Length; length += Math.Max(100, bytes.Length / 40 / 100 * 100))
        {
            File.WriteAllBytes(file, bytes[..length]);
            Workplace.Run("fit", "--resume", place.At("run")).Ended(ExitCode.Data).Says("begin the fit anew");
        }
        // It is in the way of nothing.
        Workplace.Run("fit", place.At("coin", "coin.prob"), "--set", "steps=5", "--out", place.At("run")).Ended(ExitCode.Ok);
    }

    [Fact]
    public void ACheckpointThatCannotBeWrittenDoesNotEndTheFit()
    {
        using var place = new Workplace("coin");
        // A folder where the file would be.
        Directory.CreateDirectory(place.At("run", ".checkpoint.new"));
        Workplace.Run("fit", place.At("coin", "coin.prob"), "--set", "steps=50", "--checkpoint-every", "10", "--out", place.At("run")).Ended(ExitCode.Ok).Says("cannot be written", "goes on without");
        Assert.True(RunFolder.Exists(place.At("run")));
    }

    [Fact]
    public void CheckpointsByTimeChangeNothing()
    {
        using var place = new Workplace("iris");
        Workplace.Run(Fit(place, "alone")).Ended(ExitCode.Ok);
        Workplace.Run(Fit(place, "run", "--checkpoint-every", "0.001s")).Ended(ExitCode.Ok);
        AssertSame(place, "alone", "run");
    }

    private sealed class StoppingWriter(string text, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.StartsWith(text, StringComparison.Ordinal) == true) stop.Cancel();
        }
    }
}
