using System.Runtime.InteropServices;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Finds the shim and libtorch: where <c>PROBNET_LIBTORCH</c> says, else beside the program, else where the system keeps libraries.</summary>
public static class TorchLibrary
{
    /// <summary>The environment variable that says where the shim, or a folder with it, or an installation of libtorch is.</summary>
    public const string Variable = "PROBNET_LIBTORCH";

    private const string LoaderPath = "LD_LIBRARY_PATH", BesideProgram = "beside the program", OfSystem = "the system's";

    /// <summary>Looks at the places of this process. Loads nothing.</summary>
    public static LibraryReport Probe() => Probe(Environment.GetEnvironmentVariable, AppContext.BaseDirectory);

    /// <summary>Looks at the places that an environment and a program's folder mean. Loads nothing.</summary>
    /// <param name="environment">The value of a variable, or null.</param>
    /// <param name="baseDirectory">The program's folder.</param>
    public static LibraryReport Probe(Func<string, string?> environment, string baseDirectory) => Probe(environment, baseDirectory, SystemFolders);

    /// <inheritdoc cref="Probe(Func{string, string}, string)"/>
    /// <param name="environment">The value of a variable, or null.</param>
    /// <param name="baseDirectory">The program's folder.</param>
    /// <param name="systemFolders">Where the system keeps libraries.</param>
    internal static LibraryReport Probe(Func<string, string?> environment, string baseDirectory, IReadOnlyList<string> systemFolders)
    {
        var places = new List<LibraryPlace>();
        var told = environment(Variable) is { } value && !string.IsNullOrWhiteSpace(value) ? Told(value.Trim()) : [];
        places.AddRange(told);
        if (told.Exists(p => p.State != PlaceState.Libtorch)) return new(places.ToEqArray());
        var torch = told.Count > 0 ? told[0].Path : null;
        void Look(string origin, string folder) => places.Add(Shim(origin, Path.Combine(folder, LibraryNames.Shim), torch));
        Look(BesideProgram, baseDirectory);
        Look(BesideProgram, Path.Combine(baseDirectory, "runtimes", LibraryNames.Rid, "native"));
        foreach (var folder in (environment(LoaderPath) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)) Look(LoaderPath, folder);
        foreach (var folder in systemFolders) Look(OfSystem, folder);
        places.Add(new("the system's loader", LibraryNames.Shim, PlaceState.Loader));
        return new(places.ToEqArray());
    }

    /// <summary>Loads what was found. It stays loaded until the process ends.</summary>
    public static TorchOpening Open(LibraryReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Chosen is not { } place) return LibraryFaults.Missing(report);
        if (place.State == PlaceState.Unusable) return LibraryFaults.Unusable(report, place);
        WaitPolicy.Shorten();
        return report.TorchFolder is { } folder && Preload(report, folder) is { } fault ? fault : Load(report, place);
    }

    private static IReadOnlyList<string> SystemFolders => OperatingSystem.IsWindows() ? []
        : OperatingSystem.IsMacOS() ? ["/usr/local/lib/probnet", "/usr/local/lib", "/opt/homebrew/lib"]
        : ["/usr/local/lib/probnet", "/usr/local/lib", $"/usr/lib/{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64")}-linux-gnu", "/usr/lib"];

    // The shim, or a folder with it, or a libtorch, or both.
    private static List<LibraryPlace> Told(string path)
    {
        if (File.Exists(path)) return [Shim(Variable, path, null)];
        if (!Directory.Exists(path)) return [new(Variable, path, PlaceState.Unusable, "is not there")];
        var torch = new[] { Path.Combine(path, "lib"), path }.FirstOrDefault(f => File.Exists(Path.Combine(f, LibraryNames.TorchCpu)));
        var shim = new[] { path, Path.Combine(path, "lib") }.Select(f => Path.Combine(f, LibraryNames.Shim)).FirstOrDefault(File.Exists);
        return (torch, shim) switch
        {
            (null, null) => [new(Variable, path, PlaceState.Unusable, $"holds neither {LibraryNames.Shim} nor a libtorch (lib/{LibraryNames.TorchCpu})")],
            (null, { } file) => [Shim(Variable, file, null)],
            ({ } folder, null) => [Torch(folder)],
            ({ } folder, { } file) => [Torch(folder), Shim(Variable, file, folder)],
        };
    }

    private static LibraryPlace Torch(string folder)
    {
        foreach (var file in LibraryNames.Torch.Select(n => Path.Combine(folder, n)).Where(File.Exists))
        {
            if (Read(file).Fault is { } fault) return new(Variable, file, PlaceState.Unusable, fault);
        }
        return new(Variable, folder, PlaceState.Libtorch);
    }

    private static LibraryPlace Shim(string origin, string path, string? torch)
    {
        if (!File.Exists(path)) return new(origin, path, PlaceState.Absent);
        var (image, fault) = Read(path);
        fault ??= image is null ? null : Needs(image, torch);
        return fault is null ? new(origin, path, PlaceState.Shim) : new(origin, path, PlaceState.Unusable, fault);
    }

    // What it needs of libtorch must be sound too, and of the installation that was asked for.
    private static string? Needs(ElfImage shim, string? torch)
    {
        foreach (var name in shim.Needed.Where(LibraryNames.IsTorch))
        {
            if (torch is not null && !File.Exists(Path.Combine(torch, name))) return $"{LibraryFaults.OtherTorch} than that of {torch}: it needs {name}";
            var folder = torch ?? shim.SearchPaths.FirstOrDefault(f => File.Exists(Path.Combine(f, name)));
            if (folder is not null && Read(Path.Combine(folder, name)).Fault is { } fault) return $"needs {Path.Combine(folder, name)}, which {fault}";
        }
        return null;
    }

    private static (ElfImage? Image, string? Fault) Read(string path) => OperatingSystem.IsLinux() ? ElfImage.Read(path) : default;

    // What is loaded already under the name that the shim asks for is what it gets.
    private static TorchOpening.Failed? Preload(LibraryReport report, string folder)
    {
        foreach (var file in LibraryNames.Torch.Select(n => Path.Combine(folder, n)).Where(File.Exists))
        {
            try
            {
                NativeLibrary.Load(file);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                return LibraryFaults.Refused(report, new(Variable, file, PlaceState.Libtorch), e);
            }
        }
        return null;
    }

    private static TorchOpening Load(LibraryReport report, LibraryPlace place)
    {
        try
        {
            return new TorchOpening.Opened(ShimRuntime.Load(place.Path), place);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            return LibraryFaults.Refused(report, place, e);
        }
    }
}
