namespace ProbNet.Graph;

/// <summary>Where a tensor came from in the user's model; carried for messages and ignored by equality of graphs.</summary>
/// <param name="Site">The sample site the value belongs to, or null.</param>
/// <param name="Location">File, line and column as shown to the user, e.g. <c>iris.prob:6:5</c>; empty where unknown.</param>
public sealed record Origin(string? Site, string Location)
{
    /// <inheritdoc/>
    public override string ToString() => (Site, Location) switch
    {
        (null, var l) => l,
        (var s, "") => $"site '{s}'",
        (var s, var l) => $"site '{s}' ({l})",
    };
}
