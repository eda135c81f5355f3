using ProbNet.Graph;
using ProbNet.Inference.Algorithms;
using ProbNet.Inference.Artifacts;

namespace ProbNet.Inference.Tests.Artifacts;

/// <summary>Checkpoint files: what comes back, and that nothing torn or altered does.</summary>
public sealed class CheckpointFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Place => _folder.File("run");

    /// <summary>A description whose texts look like parts of the file.</summary>
    internal static CheckpointInfo Info { get; } = new()
    {
        ProbNetVersion = "0.1.0",
        Sources = [new("a.prob", $"let μ = \"checksum\":\"{new string('0', 64)}\"\r\n")],
        Folder = "/programs",
        Settings = new Dictionary<string, string> { ["epochs"] = "\"checksum\":\"" },
        Algorithm = "vi",
        Options = new Dictionary<string, string> { ["optimizer"] = "adam 0.001" },
        Data = "flowers",
        DataFile = "/data/iris.csv",
        RowsSha256 = ["a", "b", "c"],
        Seed = long.MinValue,
        Draws = 100,
        Precision = "single",
        Backend = "cpu",
    };

    private static FitState State(double value = 1) => new(
    [
        new("map", new(7, 2, 0) { Ended = StopReason.EarlyStop, BestEpoch = 1, Lowest = double.PositiveInfinity }, new Dictionary<string, StateTensor> { ["result:w"] = Tensor([2, 3], value, -0.0, double.NaN, 4, 5, 6) }),
        new("", new(5, 1, 2) { SumLikelihood = 0.1 + 0.2, SumKl = -0.0, SumCount = 2, TotalSeconds = 1e-300 },
            new Dictionary<string, StateTensor> { ["state:w"] = Tensor([], value), ["history.known"] = StateTensor.Of(HostTensor.Of([1, 4], [true, false, true, false])), ["state:step"] = StateTensor.Of(HostTensor.Scalar(5)) }),
    ]);

    private static StateTensor Tensor(Shape shape, params double[] values) => StateTensor.Of(HostTensor.Of(shape, values));

    private static byte[] Bytes(FitState state)
    {
        using var file = new MemoryStream();
        CheckpointFile.Write(file, Info, state);
        return file.ToArray();
    }

    [Fact]
    public void AStateComesBackWhole()
    {
        CheckpointFile.Write(Place, Info, State());
        var (info, state) = CheckpointFile.Read(Place);
        Assert.Equal(State().Phases.Map(p => (p.Phase, p.Position)), state.Phases.Map(p => (p.Phase, p.Position)));
        foreach (var (expected, found) in State().Phases.Zip(state.Phases))
        {
            Assert.Equal(expected.Tensors.Keys.Order(), found.Tensors.Keys.Order());
            Assert.All(expected.Tensors, t => Assert.Equal(t.Value.Read(), found.Tensors[t.Key].Read()));
        }
        Assert.True(double.IsNegative(state.Phases[1].Position.SumKl));
        Assert.Equal(Info.Sources, info.Sources);
        Assert.Equal(Info.Settings, info.Settings);
        Assert.Equal((Info.Seed, Info.RowsSha256, Info.DataFile), (info.Seed, info.RowsSha256, info.DataFile));
        Assert.Equal([CheckpointFile.Name], Directory.EnumerateFileSystemEntries(Place).Select(e => Path.GetFileName(e)));
    }

    [Fact]
    public void TheFileIsOneOfTheFormatAndSaysItsOwnChecksum()
    {
        var bytes = Bytes(State());
        var content = SafetensorsReader.Read(bytes, "file");
        var checksum = content.Metadata["checksum"];
        var text = System.Text.Encoding.Latin1.GetString(bytes);
        var at = text.IndexOf(checksum, StringComparison.Ordinal);
        System.Text.Encoding.ASCII.GetBytes(new string('0', 64)).CopyTo(bytes, at);
        Assert.Equal(checksum, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
    }

    [Fact]
    public void AFileThatIsCutAnywhereIsRefused()
    {
        var bytes = Bytes(State());
        for (var length = 0; length < bytes.Length; length += length < 100 || length > bytes.Length - 100 ? 1 : 7) Refused(bytes[..length]);
        Refused([.. bytes, 0]);
    }

    [Fact]
    public void AFileInWhichAnyByteIsChangedIsRefused()
    {
        var bytes = Bytes(State());
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[i] ^= (byte)(1 << (i % 8));
            Refused(changed);
        }
    }

    [Fact]
    public void TornFilesAreRefused()
    {
        // As a disk may leave them: the beginning of the new one and the rest of the old one, or zeros.
        var (one, two) = (Bytes(State(1)), Bytes(State(2)));
        Assert.Equal(one.Length, two.Length);
        for (var at = 100; at < one.Length; at += 100)
        {
            byte[] torn = [.. two[..at], .. one[at..]];
            if (!torn.SequenceEqual(one) && !torn.SequenceEqual(two)) Refused(torn);
            Refused([.. two[..at], .. new byte[two.Length - at]]);
        }
    }

    [Fact]
    public void TheOldOneStaysWhereTheNewOneCannotBeWritten()
    {
        CheckpointFile.Write(Place, Info, State());
        var before = File.ReadAllBytes(Path.Combine(Place, CheckpointFile.Name));
        var broken = new FitState([new("", new(1, 0, 0), new Dictionary<string, StateTensor> { ["state:w"] = new(DType.F64, [3], () => throw new IOException("no space left")) })]);
        Assert.Contains("no space left", Assert.Throws<ArtifactException>(() => CheckpointFile.Write(Place, Info, broken)).Message);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(Place, CheckpointFile.Name)));
        Assert.Equal(5, CheckpointFile.Read(Place).State.Phases[1].Position.Steps);
        // What was begun is in the way of nothing.
        RunFolder.CheckPlace(Place);
        CheckpointFile.Write(Place, Info, State(3));
        Assert.Equal(3, CheckpointFile.Read(Place).State.Phases[1].Tensors["state:w"].Read()[0]);
    }

    [Fact]
    public void ARunStaysUntilTheFitInItsPlaceHasEnded()
    {
        var posterior = new SafetensorsContent(new Dictionary<string, HostTensor> { ["w"] = HostTensor.Of([1], [1.0]) }, new Dictionary<string, string>());
        RunFolder.Write(Place, RunFolderTests.Info("first"), posterior, []);
        CheckpointFile.Write(Place, Info, State());
        Assert.Equal("first", RunFolder.Read(Place).Info.Infer);
        Assert.Empty(RunFolder.Verify(Place));
        RunFolder.Write(Place, RunFolderTests.Info("second"), posterior, []);
        Assert.Equal("second", RunFolder.Read(Place).Info.Infer);
        Assert.False(CheckpointFile.Exists(Place));
    }

    [Fact]
    public void AFolderWithACheckpointAloneIsNoRunAndSaysSo()
    {
        CheckpointFile.Write(Place, Info, State());
        RunFolder.CheckPlace(Place);
        Assert.False(RunFolder.Exists(Place));
        Assert.Contains("--resume", Assert.Throws<ArtifactException>(() => RunFolder.Read(Place)).Message);
    }

    [Fact]
    public void ACheckpointIsFoundWhereACrashWhilePublishingLeftIt()
    {
        CheckpointFile.Write(Place, Info, State());
        Directory.Move(Place, RunFolder.Previous(Place));
        Assert.True(CheckpointFile.Exists(Place));
        Assert.Equal(Info.Seed, CheckpointFile.Read(Place).Info.Seed);
        RunFolder.Recover(Place);
        Assert.True(File.Exists(Path.Combine(Place, CheckpointFile.Name)));
    }

    private static void Refused(byte[] bytes) => Assert.Contains("begin the fit anew", Assert.Throws<ArtifactException>(() => CheckpointFile.Read((byte[])bytes.Clone(), "file")).Message);
}
