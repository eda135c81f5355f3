using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Says why the library cannot be used: what was tried, what is wrong, what to do.</summary>
internal static class LibraryFaults
{
    /// <summary>What a shim of another libtorch says of itself.</summary>
    public const string OtherTorch = "was built with another libtorch";

    private const string Sources = "Backends/ProbNet.Backends.Torch/Native", Build = Sources + "/build", Install = "apt-get install libtorch-dev cmake g++ make", Again = "dotnet build -c Release";

    private static string Elsewhere => $"set {TorchLibrary.Variable} to {LibraryNames.Shim}, to its folder, or to a libtorch";

    /// <summary>There is none.</summary>
    public static TorchOpening.Failed Missing(LibraryReport report) => Failed(LibraryFaultKind.NotFound, $"{LibraryNames.Shim}, through which libtorch is used, was not found", report,
        new("install libtorch and build it in the folder of the sources", [Install, .. Building()], Elsewhere));

    /// <summary>What decides is seen to be of no use before it is loaded.</summary>
    public static TorchOpening.Failed Unusable(LibraryReport report, LibraryPlace place)
    {
        var subject = place.Origin == TorchLibrary.Variable ? $"{TorchLibrary.Variable} names '{place.Path}', which" : $"'{place.Path}'";
        if (place.Found.StartsWith(OtherTorch, StringComparison.Ordinal)) return Failed(LibraryFaultKind.Mismatched, $"{subject} {place.Found}", report, Rebuild(report));
        var isThere = File.Exists(place.Path);
        var remedy = place.Origin == TorchLibrary.Variable && Path.GetFileName(place.Path) != LibraryNames.Shim ? new Remedy($"{Elsewhere}; unset, the library beside the program is used", [], null)
            : new Remedy("build it anew in the folder of the sources", [Install, .. Building()], null);
        return Failed(isThere ? LibraryFaultKind.Damaged : LibraryFaultKind.NotFound, $"{subject} {place.Found}", report, remedy);
    }

    /// <summary>The loader refused it, or it is not what its name says.</summary>
    public static TorchOpening.Failed Refused(LibraryReport report, LibraryPlace place, Exception refusal)
    {
        var words = Words(refusal.Message).TrimEnd('.');
        if (refusal is EntryPointNotFoundException && words.Contains("'pn_", StringComparison.Ordinal)) words += "; it belongs to another version of ProbNet";
        var isAbsence = words.Contains("cannot open shared object file", StringComparison.Ordinal);
        if (place.State == PlaceState.Loader && refusal is DllNotFoundException && (isAbsence || !OperatingSystem.IsLinux())) return Missing(report);
        var isOther = isAbsence || refusal is EntryPointNotFoundException || words.Contains("undefined symbol", StringComparison.Ordinal) || words.Contains("version `", StringComparison.Ordinal);
        var subject = place.Origin == TorchLibrary.Variable ? $"'{place.Path}', which {TorchLibrary.Variable} names, cannot be used" : $"'{place.Path}' cannot be used";
        return Failed(isOther ? LibraryFaultKind.Mismatched : LibraryFaultKind.Damaged, $"{subject}: {words}", report,
            isAbsence ? new("install the libtorch that it was built with, or build it with the one that is there", [Install, .. Anew, .. Building()], Elsewhere) : Rebuild(report));
    }

    private static EqArray<string> Anew => [$"rm -rf {Build}"];

    private static Remedy Rebuild(LibraryReport report) => new("build it anew with the libtorch that is there", [.. Anew, .. Building(report.TorchFolder is { } folder ? Path.GetDirectoryName(folder) : null)], null);

    private static EqArray<string> Building(string? torch = null) => [$"cmake -S {Sources} -B {Build}{(torch is null ? "" : $" -DCMAKE_PREFIX_PATH={torch}")}", $"cmake --build {Build}", Again];

    private static TorchOpening.Failed Failed(LibraryFaultKind kind, string message, LibraryReport report, Remedy remedy) => new(new LibraryFault(kind, message, report.Places, remedy));

    // The runtime puts advice for programmers before the loader's own words, a line each.
    private static string Words(string message)
    {
        var lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join("; ", lines is [_, _, ..] && lines[0].Contains("strace", StringComparison.Ordinal) ? lines[1..] : lines);
    }
}
