using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>What was found at a place.</summary>
public enum PlaceState
{
    /// <summary>Nothing.</summary>
    Absent,
    /// <summary>The shim, as far as can be told without loading it.</summary>
    Shim,
    /// <summary>A libtorch, with which the shim of a later place is loaded.</summary>
    Libtorch,
    /// <summary>Something that cannot be used.</summary>
    Unusable,
    /// <summary>What the system's loader finds by a name alone, which shows only when it is asked.</summary>
    Loader,
}

/// <summary>A place that was looked at.</summary>
/// <param name="Origin">Why it was looked at, in words: "PROBNET_LIBTORCH".</param>
/// <param name="Path">The file or folder; the name alone where the system's loader searches.</param>
/// <param name="State">What was found.</param>
/// <param name="Detail">What is wrong, or more of what was found; null where the state says all.</param>
public sealed record LibraryPlace(string Origin, string Path, PlaceState State, string? Detail = null)
{
    /// <summary>What was found, in words.</summary>
    public string Found => State switch
    {
        PlaceState.Absent => Detail ?? "not there",
        PlaceState.Shim => "the library",
        PlaceState.Libtorch => "a libtorch",
        PlaceState.Unusable => Detail ?? "cannot be used",
        PlaceState.Loader => Detail ?? "asked for by name",
    };
}

/// <summary>All places in the order in which they count: the first with a library is the one that is loaded, and if it cannot be used no other takes its place.</summary>
/// <param name="Places">The places.</param>
public sealed record LibraryReport(EqArray<LibraryPlace> Places)
{
    /// <summary>The place that decides, or null where nothing was found.</summary>
    public LibraryPlace? Chosen => Places.FirstOrDefault(p => p.State is PlaceState.Shim or PlaceState.Unusable or PlaceState.Loader);

    /// <summary>The folder of the libtorch that is to be used whatever the shim was built with, or null.</summary>
    public string? TorchFolder => Places.FirstOrDefault(p => p.State == PlaceState.Libtorch)?.Path;

    /// <summary>Whether the user has said where the library is.</summary>
    public bool IsChosenByUser => Places is [{ Origin: TorchLibrary.Variable }, ..];
}

/// <summary>What came of opening the library.</summary>
public abstract record TorchOpening
{
    private TorchOpening()
    {
    }

    /// <summary>It is loaded.</summary>
    /// <param name="Runtime">libtorch.</param>
    /// <param name="Place">Where the shim is.</param>
    public sealed record Opened(ShimRuntime Runtime, LibraryPlace Place) : TorchOpening;

    /// <summary>It cannot be used.</summary>
    /// <param name="Fault">Why.</param>
    public sealed record Failed(LibraryFault Fault) : TorchOpening;
}

/// <summary>Why the library cannot be used.</summary>
public enum LibraryFaultKind
{
    /// <summary>It is not there.</summary>
    NotFound,
    /// <summary>It is truncated, no library, or one for another processor.</summary>
    Damaged,
    /// <summary>It does not go with the libtorch that is there, or with this program.</summary>
    Mismatched,
}

/// <summary>Why the library cannot be used, and what to do about it.</summary>
/// <param name="Kind">What kind of fault.</param>
/// <param name="Message">One sentence with the place and what is wrong there.</param>
/// <param name="Places">What was looked at.</param>
/// <param name="Remedy">What to do.</param>
public sealed record LibraryFault(LibraryFaultKind Kind, string Message, EqArray<LibraryPlace> Places, Remedy Remedy);

/// <summary>What to do about a fault.</summary>
/// <param name="Text">In words.</param>
/// <param name="Commands">The commands that do it, to be run in the folder of the sources.</param>
/// <param name="Otherwise">What else would do, in words, or null.</param>
public sealed record Remedy(string Text, EqArray<string> Commands, string? Otherwise)
{
    /// <summary>All of it in a line.</summary>
    public override string ToString() =>
        $"{Text}{(Commands.IsEmpty ? "" : ": ")}{string.Join(" && ", Commands)}{(Otherwise is null ? "" : $"; or {Otherwise}")}";
}
