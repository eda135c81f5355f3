using System.Text;
using ProbNet.Graph;
using ProbNet.Inference.Artifacts;
using ProbNet.Inference.Data;
using ProbNet.Inference.Metrics;

namespace ProbNet.Inference.Tests.Artifacts;

/// <summary>Run folders: round trip, damage, and what a crash leaves.</summary>
public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Place => _folder.File("run");

    internal static RunInfo Info(string infer = "flipout") => new()
    {
        ProbNetVersion = "0.1.0",
        Created = "2026-01-02T03:04:05Z",
        Sources = [new("iris.prob", "module Iris\n\nlet μ = \"<&>\" // π\r\n")],
        Model = "iris",
        Infer = infer,
        Data = "flowers",
        Options = new Dictionary<string, string> { ["optimizer"] = "adam 0.001", ["epochs"] = "150" },
        Guide = "normal",
        Dimensions = new Dictionary<string, int> { ["n"] = 105 },
        RowDimension = "n",
        Observed = ["species"],
        Preprocessing = new(new(";", true),
        [
            new("x", false, BindingKind.Columns, false, [new("sepal length", 0), new(null, 3)], Transformation.MinMax, [new(4.3, 3.6000000000000001), new(0.1, 1.0 / 3)], [], null),
            new("species", true, BindingKind.Labels, true, [new("species", 0)], Transformation.None, [], ["setosa", "versicolor, \"v\"", "βeta"], 3),
        ]),
        Seed = long.MaxValue,
        Precision = "single",
        Backend = "cpu",
        Metrics = new(new() { Accuracy = 0.975, Nll = double.PositiveInfinity }, null, new() { Rmse = double.NaN, Coverage95 = 0.95, MutualInformation = 1e-300 }),
        Timing = new(12.5, 3000, 6543.25),
    };

    private static SafetensorsContent Posterior(double value) => new(
        new Dictionary<string, HostTensor> { ["loc"] = HostTensor.Of([2, 3], [value, -0.0, double.NaN, 4, 5, 6]), ["on"] = HostTensor.Of([1], [true]) },
        new Dictionary<string, string> { ["note"] = "x" });

    private static RunFile Table(string text = "epoch\n1\n") => new(RunFolder.MetricsFile, s => s.Write(Encoding.UTF8.GetBytes(text)));

    private void Save(double value = 1, string infer = "flipout") => RunFolder.Write(Place, Info(infer), Posterior(value), [Table()]);

    [Fact]
    public void ARunComesBackWhole()
    {
        Save();
        var run = RunFolder.Read(Place);
        Assert.Equal(Posterior(1).Tensors.OrderBy(t => t.Key), run.Posterior.Tensors.OrderBy(t => t.Key));
        Assert.Equal("x", run.Posterior.Metadata["note"]);
        // The two differ in what writing fills in only.
        var expected = Info() with { Files = run.Info.Files, Checksum = run.Info.Checksum };
        Assert.Equal(RunJson.Write(expected), RunJson.Write(run.Info));
        Assert.Equal(expected.Preprocessing, run.Info.Preprocessing);
        Assert.Equal(expected.Sources, run.Info.Sources);
        Assert.Equal(expected.Metrics, run.Info.Metrics);
        Assert.Equal([RunFolder.MetricsFile, RunFolder.PosteriorFile], run.Info.Files.Keys.Order());
        Assert.Empty(RunFolder.Verify(Place));
        Assert.Equal([Place], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void RunJsonUsesTheDocumentedNames()
    {
        Save();
        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(Place, RunFolder.InfoFile)));
        var root = json.RootElement;
        Assert.Equal("probnet-run", root.GetProperty("format").GetString());
        Assert.Equal(0.975, root.GetProperty("metrics").GetProperty("train").GetProperty("accuracy").GetDouble());
        Assert.Equal(1e-300, root.GetProperty("metrics").GetProperty("test").GetProperty("mutualInformation").GetDouble());
        Assert.Equal("NaN", root.GetProperty("metrics").GetProperty("test").GetProperty("rmse").GetString());
        Assert.False(root.GetProperty("metrics").TryGetProperty("validation", out _));
        Assert.Equal(6543.25, root.GetProperty("timing").GetProperty("stepsPerSecond").GetDouble());
        var binding = root.GetProperty("preprocessing").GetProperty("bindings")[0];
        Assert.Equal(("columns", "minmax", "sepal length", 3), (binding.GetProperty("kind").GetString(), binding.GetProperty("transformation").GetString(),
            binding.GetProperty("columns")[0].GetString(), binding.GetProperty("columns")[1].GetInt32()));
        Assert.Equal("adam 0.001", root.GetProperty("options").GetProperty("optimizer").GetString());
    }

    [Fact]
    public void AnyFlippedByteIsNoticed()
    {
        Save();
        var json = File.ReadAllBytes(Path.Combine(Place, RunFolder.InfoFile));
        for (var i = 0; i < json.Length; i++)
        {
            json[i] ^= (byte)(1 << i % 8);
            Assert.Throws<ArtifactException>(() => RunJson.Read(json, "run.json"));
            json[i] ^= (byte)(1 << i % 8);
        }
        var file = Path.Combine(Place, RunFolder.PosteriorFile);
        var bytes = File.ReadAllBytes(file);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= (byte)(1 << i % 8);
            File.WriteAllBytes(file, bytes);
            Assert.Contains("posterior.safetensors' was changed", Assert.Throws<ArtifactException>(() => RunFolder.Read(Place)).Message);
            bytes[i] ^= (byte)(1 << i % 8);
        }
        File.WriteAllBytes(file, bytes);
        RunFolder.Read(Place);
    }

    [Fact]
    public void AnyTruncationIsNoticed()
    {
        Save();
        foreach (var (name, step) in ((string, int)[])[(RunFolder.InfoFile, 13), (RunFolder.PosteriorFile, 1)])
        {
            var file = Path.Combine(Place, name);
            var bytes = File.ReadAllBytes(file);
            for (var length = bytes.Length - 1; length >= 0; length -= step)
            {
                File.WriteAllBytes(file, bytes[..length]);
                Assert.Throws<ArtifactException>(() => RunFolder.Read(Place));
            }
            File.WriteAllBytes(file, bytes);
        }
    }

    [Fact]
    public void VerifyNamesChangedAndMissingTables()
    {
        Save();
        File.AppendAllText(Path.Combine(Place, RunFolder.MetricsFile), "2\n");
        Assert.Contains("metrics.csv' has 10 bytes instead of 8", Assert.Single(RunFolder.Verify(Place)));
        File.WriteAllText(Path.Combine(Place, RunFolder.MetricsFile), "epoch\n2\n");
        Assert.Contains("checksum", Assert.Single(RunFolder.Verify(Place)));
        File.Delete(Path.Combine(Place, RunFolder.MetricsFile));
        Assert.Contains("missing", Assert.Single(RunFolder.Verify(Place)));
        RunFolder.Read(Place); // the tables are not needed to predict
    }

    [Fact]
    public void ANewRunReplacesAPreviousOne()
    {
        Save();
        Save(2, "local");
        Assert.Equal("local", RunFolder.Read(Place).Info.Infer);
        Assert.Equal(2, RunFolder.Read(Place).Posterior.Tensors["loc"][0]);
        Assert.Equal([Place], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void AnEmptyFolderAndMissingParentsAreFilled()
    {
        Directory.CreateDirectory(Place);
        Assert.Contains("is empty", Assert.Throws<ArtifactException>(() => RunFolder.Read(Place)).Message);
        Save();
        RunFolder.Write(_folder.File("a/b/c"), Info(), Posterior(1), []);
        RunFolder.Read(_folder.File("a/b/c/"));
    }

    [Fact]
    public void WhatIsNoRunIsLeftAlone()
    {
        Directory.CreateDirectory(Place);
        File.WriteAllText(Path.Combine(Place, "thesis.tex"), "x");
        Assert.Contains("'thesis.tex' and no run.json", Assert.Throws<ArtifactException>(() => Save()).Message);
        File.WriteAllText(Path.Combine(Place, "run.json"), "{}");
        Assert.Contains("does not describe a ProbNet run", Assert.Throws<ArtifactException>(() => Save()).Message);
        Assert.Equal("x", File.ReadAllText(Path.Combine(Place, "thesis.tex")));
        File.WriteAllText(_folder.File("file"), "x");
        Assert.Contains("is a file", Assert.Throws<ArtifactException>(() => RunFolder.CheckPlace(_folder.File("file"))).Message);
    }

    [Fact]
    public void FilesAddedToARunAreNotDeletedWithIt()
    {
        Save();
        File.WriteAllText(Path.Combine(Place, "notes.txt"), "mine");
        Assert.Contains("'notes.txt'", Assert.Throws<ArtifactException>(() => Save(2)).Message);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(Place, "notes.txt")));
        Assert.Equal(1, RunFolder.Read(Place).Posterior.Tensors["loc"][0]);
    }

    [Fact]
    public void AFailureWhileWritingLeavesThePreviousRunAndNothingElse()
    {
        Save();
        var full = new RunFile(RunFolder.PredictionsFile, s =>
        {
            s.WriteByte(1);
            throw new IOException("no space left");
        });
        Assert.Contains("no space left", Assert.Throws<ArtifactException>(() => RunFolder.Write(Place, Info(), Posterior(2), [Table(), full])).Message);
        Assert.Equal(1, RunFolder.Read(Place).Posterior.Tensors["loc"][0]);
        Assert.Equal([Place], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void ACrashBeforeTheRenameLeavesThePreviousRun()
    {
        Save();
        RunFolder.Stage(Place, Info(), Posterior(2), [Table()]); // and the process is gone
        Assert.Equal(1, RunFolder.Read(Place).Posterior.Tensors["loc"][0]);
        Save(3);
        Assert.Equal(3, RunFolder.Read(Place).Posterior.Tensors["loc"][0]);
    }

    [Fact]
    public void ACrashBetweenTheRenamesStillReadsThePreviousRun()
    {
        Save();
        Directory.Move(Place, RunFolder.Previous(Place)); // and the process is gone
        Assert.Equal(1, RunFolder.Read(Place).Posterior.Tensors["loc"][0]);
        Save(3);
        Assert.Equal(3, RunFolder.Read(Place).Posterior.Tensors["loc"][0]);
        Assert.Equal([Place], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void ARunThatACrashMovedAwayIsNotLostToWhatTookItsPlace()
    {
        Save();
        Directory.Move(Place, RunFolder.Previous(Place));
        Directory.CreateDirectory(Place);
        Assert.Equal(1, RunFolder.Read(Place).Posterior.Tensors["loc"][0]);
        File.WriteAllText(Path.Combine(Place, "notes.txt"), "mine");
        Assert.Throws<ArtifactException>(() => Save(2));
        File.Delete(Path.Combine(Place, "notes.txt"));
        Assert.Equal(1, RunFolder.Read(Place).Posterior.Tensors["loc"][0]);
        Save(3);
        Assert.Equal(3, RunFolder.Read(Place).Posterior.Tensors["loc"][0]);
        Assert.Equal([Place], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void ACrashBeforeThePreviousRunIsDeletedReadsTheNewOne()
    {
        Save();
        Directory.Move(Place, RunFolder.Previous(Place));
        var staged = RunFolder.Stage(Place, Info(), Posterior(2), []);
        Directory.Move(staged, Place); // and the process is gone
        Assert.Equal(2, RunFolder.Read(Place).Posterior.Tensors["loc"][0]);
        Save(3);
        Assert.Equal(3, RunFolder.Read(Place).Posterior.Tensors["loc"][0]);
        Assert.Equal([Place], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void AFailedRenameBringsThePreviousRunBack()
    {
        Save();
        Assert.ThrowsAny<IOException>(() => RunFolder.Publish(_folder.File("gone"), Place));
        Assert.Equal(1, RunFolder.Read(Place).Posterior.Tensors["loc"][0]);
        Assert.Equal([Place], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void AFailedPublicationLeavesNothingStaged()
    {
        Save();
        File.WriteAllText(RunFolder.Previous(Place), "in the way");
        Assert.Contains("cannot be written", Assert.Throws<ArtifactException>(() => Save(2)).Message);
        Assert.Equal(1, RunFolder.Read(Place).Posterior.Tensors["loc"][0]);
        Assert.Equal([RunFolder.Previous(Place), Place], Directory.EnumerateFileSystemEntries(_folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void MissingPartsAreNamed()
    {
        Assert.Contains("there is no run folder", Assert.Throws<ArtifactException>(() => RunFolder.Read(Place)).Message);
        Save();
        File.Delete(Path.Combine(Place, RunFolder.PosteriorFile));
        Assert.Contains("no posterior.safetensors", Assert.Throws<ArtifactException>(() => RunFolder.Read(Place)).Message);
        File.Delete(Path.Combine(Place, RunFolder.InfoFile));
        Assert.Contains("no run.json", Assert.Throws<ArtifactException>(() => RunFolder.Read(Place)).Message);
    }

    [Fact]
    public void ALaterFormatIsRefusedBeforeAnythingElseIsRead()
    {
        var later = Encoding.UTF8.GetBytes("""{"format":"probnet-run","formatVersion":2,"model":{}}""");
        Assert.Contains("format version 2", Assert.Throws<ArtifactException>(() => RunJson.Read(later, "run.json")).Message);
    }

    [Fact]
    public void AnIncompleteDescriptionIsRefused()
    {
        Assert.Contains("changed or damaged", Assert.Throws<ArtifactException>(() => RunJson.Read(Encoding.UTF8.GetBytes("""{"format":"probnet-run","formatVersion":1}"""), "run.json")).Message);
        var whole = Encoding.UTF8.GetString(RunJson.Write(Info()));
        Assert.Throws<ArtifactException>(() => RunJson.Read(Encoding.UTF8.GetBytes(whole.Replace("\"checksum\"", "\"Checksum\"")), "run.json"));
        Assert.Throws<ArtifactException>(() => RunJson.Read(Encoding.UTF8.GetBytes(whole.Replace("\"files\"", "\"Files\"")), "run.json"));
        foreach (var (from, to) in ((string, string)[])[("\"seed\": 9", "\"seed\": -9"), ("\"kind\": \"labels\"", "\"kind\": \"table\""), ("\"scales\": []", "\"scales\": [null]"), ("\"guide\": \"normal\"", "\"guide\": null")])
        {
            Assert.Contains(from, whole);
            Assert.Throws<ArtifactException>(() => RunJson.Read(Encoding.UTF8.GetBytes(whole.Replace(from, to)), "run.json"));
        }
    }

    [Fact]
    public void TableNamesStayInsideTheFolder()
    {
        foreach (var name in (string[])["../x.csv", "run.json", "a/b.csv", RunFolder.PosteriorFile])
        {
            Assert.Throws<ArgumentException>(() => RunFolder.Write(Place, Info(), Posterior(1), [new(name, _ => { })]));
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }
}
