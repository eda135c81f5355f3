using System.Runtime.InteropServices;

namespace ProbNet.Backends.Torch;

/// <summary>How long OpenMP's threads, which libtorch's operators share work among, stay awake when there is none.</summary>
internal static partial class WaitPolicy
{
    /// <summary>
    /// Has them sleep after some tens of microseconds, enough to bridge two operators. By themselves GNU's spin for a good part of a second's time slice, which on a busy machine takes the processor from the
    /// very threads they wait for. What the user has set stays. To be called before libtorch is loaded, since the runtime reads it then.
    /// </summary>
    public static void Shorten()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null) _ = SetEnvironment("GOMP_SPINCOUNT", "10000", 0);
    }

    // Environment.SetEnvironmentVariable does not reach the C library.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrites);
}
