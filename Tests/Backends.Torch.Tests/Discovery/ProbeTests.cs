namespace ProbNet.Backends.Torch.Tests;

/// <summary>Where the library is looked for, in which order, and what is seen of it before it is loaded.</summary>
public sealed class ProbeTests
{
    private const string Shim = "libprobnet_torch.so";

    [LinuxFact]
    public void Without_a_word_the_program_s_folder_comes_before_the_system_s_and_the_loader_is_last()
    {
        using var folder = new LibraryFolder();
        var report = TorchLibrary.Probe(name => name == "LD_LIBRARY_PATH" ? folder.At("a") + ":" + folder.At("b") : null, folder.At("program"), [folder.At("system")]);
        string[] files = [folder.At("program", Shim), folder.At("program", "runtimes", LibraryNames.Rid, "native", Shim), folder.At("a", Shim), folder.At("b", Shim), folder.At("system", Shim), Shim];
        Assert.Equal(files, report.Places.Select(p => p.Path));
        Assert.Equal([.. Enumerable.Repeat(PlaceState.Absent, 5), PlaceState.Loader], report.Places.Select(p => p.State));
        Assert.Equal(report.Places[^1], report.Chosen);
    }

    [LinuxFact]
    public void The_first_place_that_holds_it_decides_even_if_it_is_damaged_there()
    {
        using var folder = new LibraryFolder();
        var sound = File.ReadAllBytes(LibraryFolder.Sound);
        folder.Write($"system/{Shim}", sound);
        Assert.Equal(folder.At("system", Shim), folder.Probe().Chosen!.Path);
        folder.Write($"program/{Shim}", sound[..^1]);
        var chosen = folder.Probe().Chosen!;
        Assert.Equal((folder.At("program", Shim), PlaceState.Unusable), (chosen.Path, chosen.State));
        folder.Write($"program/{Shim}", sound);
        Assert.Equal((folder.At("program", Shim), PlaceState.Shim), (folder.Probe().Chosen!.Path, folder.Probe().Chosen!.State));
    }

    [LinuxFact]
    public void What_the_variable_names_is_taken_and_nothing_else_takes_its_place()
    {
        using var folder = new LibraryFolder();
        var sound = File.ReadAllBytes(LibraryFolder.Sound);
        folder.Write($"program/{Shim}", sound);
        var mine = folder.Write("mine/other.so", sound);
        Assert.Equal(mine, Assert.Single(folder.Probe(mine).Places).Path);
        var file = folder.Write($"folder/{Shim}", sound);
        Assert.Equal(file, Assert.Single(folder.Probe(folder.At("folder")).Places).Path);
        file = folder.Write($"install/lib/{Shim}", sound);
        Assert.Equal(file, Assert.Single(folder.Probe(folder.At("install")).Places).Path);
        Directory.CreateDirectory(folder.At("empty"));
        foreach (var (wrong, words) in new[] { (folder.At("nowhere"), "is not there"), (folder.At("empty"), $"holds neither {Shim} nor a libtorch"), (folder.Write("text.so", "no library"u8.ToArray()), "is not a shared library") })
        {
            var report = folder.Probe(wrong);
            var place = Assert.Single(report.Places);
            Assert.Equal((TorchLibrary.Variable, wrong, PlaceState.Unusable), (place.Origin, place.Path, place.State));
            Assert.StartsWith(words, place.Found);
            Assert.True(report.IsChosenByUser);
            var fault = Assert.IsType<TorchOpening.Failed>(TorchLibrary.Open(report)).Fault;
            Assert.Contains($"{TorchLibrary.Variable} names '{wrong}', which {words}", fault.Message);
            Assert.Contains(TorchLibrary.Variable, fault.Remedy.ToString());
        }
        foreach (var blank in new[] { "", " " }) Assert.Equal(folder.At("program", Shim), folder.Probe(blank).Chosen!.Path);
    }

    [LinuxFact]
    public void A_libtorch_is_taken_with_the_library_of_a_later_place()
    {
        using var folder = new LibraryFolder();
        var sound = File.ReadAllBytes(LibraryFolder.Sound);
        folder.Write("torch/lib/libtorch_cpu.so", sound);
        folder.Write($"program/{Shim}", sound);
        var report = folder.Probe(folder.At("torch"));
        Assert.Equal((folder.At("torch", "lib"), folder.At("program", Shim)), (report.TorchFolder, report.Chosen!.Path));
        Assert.Equal(folder.At("torch", "lib"), folder.Probe(folder.At("torch", "lib")).TorchFolder);
        // Both in one place.
        folder.Write($"torch/{Shim}", sound);
        Assert.Equal((folder.At("torch", "lib"), folder.At("torch", Shim)), (folder.Probe(folder.At("torch")).TorchFolder, folder.Probe(folder.At("torch")).Chosen!.Path));
        // A damaged libtorch is told before it is loaded.
        folder.Write("torch/lib/libc10.so", sound[..(sound.Length / 2)]);
        var fault = Assert.IsType<TorchOpening.Failed>(TorchLibrary.Open(folder.Probe(folder.At("torch")))).Fault;
        Assert.Equal(LibraryFaultKind.Damaged, fault.Kind);
        Assert.Contains($"'{folder.At("torch", "lib", "libc10.so")}', which is truncated", fault.Message);
    }

    [LinuxFact]
    public void A_truncated_library_is_seen_wherever_it_ends()
    {
        using var folder = new LibraryFolder();
        var sound = File.ReadAllBytes(LibraryFolder.Sound);
        Assert.Null(ElfImage.Read(folder.Write("whole.so", sound)).Fault);
        Assert.Contains("libc.so.6", ElfImage.Read(LibraryFolder.Sound).Image!.Needed);
        var random = new Random(11);
        foreach (var length in Enumerable.Range(0, 70).Concat(Enumerable.Range(0, 60).Select(_ => (int)(random.NextDouble() * sound.Length))).Append(sound.Length - 1))
            Assert.Contains(length < 4 ? "" : "truncated", ElfImage.Read(folder.Write("part.so", sound[..length])).Fault!);
    }

    [LinuxFact]
    public void Bytes_that_are_wrong_are_a_fault_or_none_but_never_an_exception()
    {
        using var folder = new LibraryFolder();
        var sound = File.ReadAllBytes(LibraryFolder.Sound);
        var random = new Random(5);
        for (var trial = 0; trial < 200; trial++)
        {
            var bytes = (byte[])sound.Clone();
            // In the header and the tables after it.
            for (var i = 0; i < 3; i++) bytes[(int)(random.NextDouble() * 800)] = (byte)(random.NextDouble() * 256);
            var (image, fault) = ElfImage.Read(folder.Write("wrong.so", bytes));
            Assert.True(image is null ^ fault is null);
        }
        sound[18] = 0x28;
        Assert.Contains("another processor", ElfImage.Read(folder.Write("arm.so", sound)).Fault);
        sound[4] = 1;
        Assert.Contains("64-bit", ElfImage.Read(folder.Write("small.so", sound)).Fault);
        Assert.Contains("empty", ElfImage.Read(folder.Write("empty.so", [])).Fault);
    }
}
